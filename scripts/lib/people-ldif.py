"""people-ldif.py PEOPLE: as many people under ou=people,dc=example,dc=org, as LDIF."""

import sys

out = sys.stdout.write
out("dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n\n")
out("dn: ou=people,dc=example,dc=org\nobjectClass: organizationalUnit\nou: people\n\n")
for number in range(int(sys.argv[1])):
    login = f"p{number:07}"
    out(
        f"dn: uid={login},ou=people,dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: {login}\n"
        f"cn: First{number % 991} Last{number}\nsn: Last{number}\ngivenName: First{number % 991}\n"
        f"mail: {login}@example.org\nemployeeNumber: {number}\n\n"
    )
