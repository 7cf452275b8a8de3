# What scripts/test-systemd tries, in its container: /mnt is the checkout, /srv/install the commands of the manual.
# shellcheck shell=bash
set -uo pipefail
cd /mnt || exit 1

failures=0 checks=0
unit=/etc/systemd/system/tokenagent.service.d
configuration=/etc/tokenagent/tokenagent.yaml

# check TITLE COMMAND...: it has to succeed.
check() {
    local title=$1 output
    shift
    checks=$((checks + 1))
    if output=$("$@" 2>&1); then
        printf 'ok      %s\n' "$title"
    else
        failures=$((failures + 1))
        printf 'FAILED  %s\n        %s: %s\n' "$title" "$*" "$output"
        journalctl --no-pager --lines 10 | cut --characters -200 | sed 's/^/        /'
    fi
}

# is WANTED COMMAND...: prints something else than wanted as its failure.
is() {
    local wanted=$1 found
    shift
    found=$("$@" 2>&1)
    [ "$found" = "$wanted" ] || { printf '%s, not %s' "$found" "$wanted"; return 1; }
}

# has TEXT COMMAND...
has() {
    local text=$1 found
    shift
    found=$("$@" 2>&1)
    [[ $found == *"$text"* ]] || { printf '%s, without %s' "$found" "$text"; return 1; }
}

# soon COMMAND...: within a minute.
soon() {
    local end=$((SECONDS + 60)) output
    until output=$("$@" 2>&1); do
        [ "$SECONDS" -lt "$end" ] || { printf '%s' "$output"; return 1; }
        sleep 0.2
    done
}

# answer TOKEN: the exit code of asking whether it is good; a secret is no argument.
answer() { timeout 30 tokenagent verify --audience web <<<"$1" >/dev/null 2>&1; echo $?; }
verified() { timeout 30 tokenagent verify --audience web --quiet <<<"$1"; }

property() { systemctl show --property "$1" --value "${2-tokenagent.service}"; }
journal() { journalctl --no-pager --output cat --unit "${1-tokenagent.service}"; }
as_agent() { runuser --user tokenagent -- "$@"; }
http() { curl --silent --output /dev/null --write-out '%{http_code}' --header "Authorization: Bearer $2" "$1"; }
is_another() { [ "$(property MainPID)" != "$1" ] && [ "$(property MainPID)" != 0 ]; }

install_it() { set -e; . /srv/install; }
(install_it) || { echo "FAILED  the installation of docs/operating.md"; exit 1; }

# --- Before, and the first start.

only_the_daemon_is_missing() {
    local wrong
    wrong=$(as_agent tokenagent doctor | grep '^WRONG')
    [[ $wrong == "WRONG  daemon: no daemon at "* && $wrong != *$'\n'* ]] || { printf '%s' "$wrong"; return 1; }
}
check "doctor, before the first start, misses the daemon alone" only_the_daemon_is_missing
check "the units start" systemctl enable --now tokenagent.socket tokenagent.service
check "the daemon says that it serves" is serving property StatusText
check "root and the daemon's user are administrators" has admin tokenagent whoami
check "doctor finds nothing wrong, asked by root" tokenagent doctor
check "the folders are closed" is '700 tokenagent' stat --format '%a %U' /var/lib/tokenagent
token=$(tokenagent create --service web --audience web --quiet)
check "a token is good" verified "$token"

somebody() { runuser --user nobody -- tokenagent status; }
check "who is not in tokenagent-clients does not come near the socket" has 'Permission denied' somebody

# --- Reload, and a configuration that is wrong.

sed -i 's/level: info/level: debug/' $configuration
check "a reload is taken" systemctl reload tokenagent
check "a reload is told of" soon has 'changed=log.level' journal
cp $configuration /root/right.yaml
echo 'nonsense: 1' >>$configuration
systemctl reload tokenagent
check "a wrong reload is told of" soon has 'kept the old configuration' journal
check "and the daemon serves on" verified "$token"

started_before=$(journal | grep --count 'nonsense: is not a known key')
check "a start with a wrong configuration fails" is failed eval 'systemctl restart tokenagent 2>/dev/null; property ActiveState'
check "with 78" is 78 property ExecMainStatus
sleep 3
started() { echo $(($(journal | grep --count 'nonsense: is not a known key') - started_before)); }
check "which is not tried again while nobody asks" is 1 started
not_asked() { [[ $(TOKENAGENT_CONFIG=/root/right.yaml answer "$token") =~ ^(69|75)$ ]]; }
check "who asks then is told that nobody answers" not_asked
check "and again" not_asked
cp /root/right.yaml $configuration
check "when it is mended, a start is enough" systemctl restart tokenagent
check "the socket is systemd's again" is active systemctl is-active tokenagent.socket
check "and callers are answered" verified "$token"

# --- Accidents.

# For systemd, which counts starts for two seconds, those above are over.
sleep 2
pid=$(property MainPID)
kill -KILL "$pid"
# Whom it had accepted is told that it is gone (75).
while [ -e "/proc/$pid" ]; do sleep 0.01; done
check "who asks a daemon that was killed waits, and is answered" verified "$token"
check "a restart loses no caller" systemctl restart tokenagent
check "nor does who asks at once" verified "$token"
pid=$(property MainPID)
kill -STOP "$pid"
check "a daemon that hangs is started anew by the watchdog" soon is_another "$pid"
check "and serves" verified "$token"

# --- A directory, with all that the unit forbids.

mkdir -p /root/ldap/data
cat >/root/ldap/slapd.conf <<'CONF'
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
pidfile /root/ldap/pid
database mdb
directory /root/ldap/data
suffix dc=example,dc=org
rootdn cn=reader,dc=example,dc=org
rootpw secret
overlay syncprov
syncprov-sessionlog 1000
CONF
people() {
    printf 'dn: dc=example,dc=org\nobjectClass: domain\ndc: example\n\n'
    for login in ada alice bob person{1..30}; do
        printf 'dn: uid=%s,dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: %s\ncn: %s\nsn: %s\n\n' \
            $login $login $login $login
    done
}
people | slapadd -q -f /root/ldap/slapd.conf
slapd -f /root/ldap/slapd.conf -h ldap://127.0.0.1:3890
(umask 277; printf secret >/etc/tokenagent/corp.password)
chown tokenagent /etc/tokenagent/corp.password
cat >>$configuration <<'YAML'
directories:
  - name: corp
    url: ldap://localhost:3890
    allow_cleartext: true
    bind_dn: cn=reader,dc=example,dc=org
    bind_password_file: /etc/tokenagent/corp.password
    base: dc=example,dc=org
    filter: (objectClass=inetOrgPerson)
YAML
check "the directory's test is content" as_agent tokenagent directory test
check "the daemon starts with a directory" systemctl restart tokenagent
check "and reads it" soon has '33' tokenagent directory status
alices=$(tokenagent create alice --audience web --quiet)
check "a person's token is good" verified "$alices"
ldapdelete -x -H ldap://127.0.0.1:3890 -D cn=reader,dc=example,dc=org -w secret uid=alice,dc=example,dc=org
check "and no more when that person is deleted" soon is 1 answer "$alices"
check "others stay" has bob tokenagent user show bob

# --- Purging from outside.

check "the purge unit purges" systemctl start tokenagent-purge.service
check "its timer is set" systemctl enable --now tokenagent-purge.timer
cron=$(sed -n 's/^17 .* tokenagent  //p' etc/cron.d/tokenagent)
check "so does cron's line, and says nothing" \
    is '' as_agent env TOKENAGENT_SOCKET=/run/tokenagent/tokenagent.sock PATH=/usr/bin:/bin sh -c "$cron || echo \$?"

# --- The sealing key as a credential.

(umask 277; head -c 32 /dev/urandom >/etc/tokenagent/seal.key)
mkdir -p $unit
printf '[Service]\nLoadCredential=seal.key:/etc/tokenagent/seal.key\n' >$unit/key.conf
former=$(tokenagent key status --json)
systemctl daemon-reload
check "the daemon starts with a key that systemd hands over" systemctl restart tokenagent
another_key() { [ "$(tokenagent key status --json)" != "$former" ]; }
check "it is that one" another_key
retrievable=$(tokenagent create --service sealed --retrievable --quiet)
check "and seals" is "$retrievable" tokenagent reveal "${retrievable:4:8}" --quiet

# --- The bridge apart, and a proxy.

install -m 644 etc/bridge.yaml /etc/tokenagent/bridge.yaml
check "the bridge starts" systemctl start tokenagent-bridge.service
check "in a folder for the proxy's group alone" \
    is '750 tokenagent-bridge:tokenagent-http' stat --format '%a %U:%G' /run/tokenagent-http
adduser --quiet www-data tokenagent-http
cp etc/nginx/tokenagent.conf /etc/nginx/conf.d/
python3 -m http.server --bind 127.0.0.1 --directory /usr/share/doc/nginx 3000 >/dev/null 2>&1 &
application=$!
check "nginx takes the sample" systemctl start nginx
check "who has a token passes" soon is 200 http http://127.0.0.1:8080/ "$token"
check "who has none does not" is 401 http http://127.0.0.1:8080/ tka_nonsense
systemctl stop tokenagent.socket tokenagent.service
check "nor does anybody while the daemon is down" is 403 http http://127.0.0.1:8080/ "$token"
systemctl start tokenagent.service
check "a start of the service brings its socket" is active systemctl is-active tokenagent.socket
check "and who has a token passes again" soon is 200 http http://127.0.0.1:8080/ "$token"
kill $application

# --- The end.

foreign() { journalctl --no-pager --output cat --identifier tokenagent | grep --extended-regexp --invert-match '^([0-9-]{10}T[0-9:.]+Z [a-z]+ [a-z]+: |tokenagent: )'; }
check "the journal has lines of the program's own form alone" is '' foreign
check "and none that shows a token" is 0 eval "journalctl --no-pager | grep --count --fixed-strings --regexp '$token' --regexp '$alices'"
check "a stop is clean" systemctl stop tokenagent.service
check "with 0" is 0 property ExecMainStatus

awk '/^## /{here = $2 == "Uninstall"} here && inside && /^```$/{exit} here && inside; /^```$/{inside = here}' \
    docs/operating.md >/srv/uninstall
check "it is taken away again" bash -e /srv/uninstall
check "with all but its data" is '' find /usr -xdev -path '*tokenagent*' -not -path '/usr/share/doc/*' -newer /srv/install
check "which stay" test -s /var/lib/tokenagent/tokenagent.sqlite

kill "$(cat /root/ldap/pid)"
echo "$checks checks, $failures failed"
[ "$failures" -eq 0 ]
