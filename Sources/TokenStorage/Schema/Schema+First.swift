extension Schema {
    /// Tokens refer to people by (source, id) without a foreign key: services' owners are in no directory.
    ///
    /// `person_absent` is small, so that asking how an owner stands costs little for the many who are
    /// present.
    static let first = """
        CREATE TABLE token (
            id INTEGER PRIMARY KEY,
            owner_source TEXT NOT NULL,
            owner_id TEXT NOT NULL,
            audience TEXT NOT NULL,
            name TEXT NOT NULL,
            write INTEGER NOT NULL,
            flags TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            expires_at INTEGER,
            last_used_at INTEGER,
            secret BLOB NOT NULL CHECK (length(secret) = 32),
            previous_secret BLOB CHECK (length(previous_secret) = 32),
            previous_until INTEGER,
            sealed_key TEXT,
            sealed BLOB,
            ending TEXT CHECK (ending IN ('revoked', 'purged')),
            ended_at INTEGER,
            ending_reason TEXT
        ) STRICT;
        CREATE UNIQUE INDEX token_name ON token (owner_source, owner_id, audience, name) WHERE ending IS NULL;
        CREATE INDEX token_owner ON token (owner_source, owner_id, created_at, id, ending);
        CREATE INDEX token_created ON token (created_at);
        CREATE INDEX token_audience ON token (audience, created_at);
        CREATE INDEX token_expires ON token (expires_at) WHERE ending IS NULL AND expires_at IS NOT NULL;
        CREATE INDEX token_ending ON token (ending, created_at) WHERE ending IS NOT NULL;
        CREATE INDEX token_ended ON token (ended_at) WHERE ending IS NOT NULL;

        CREATE TABLE person (
            source TEXT NOT NULL,
            id TEXT NOT NULL,
            login TEXT NOT NULL,
            login_folded TEXT NOT NULL,
            email TEXT,
            email_folded TEXT,
            display_name TEXT,
            dn TEXT NOT NULL,
            disabled TEXT,
            standing TEXT NOT NULL CHECK (standing IN ('present', 'disabled', 'missing', 'gone')),
            since INTEGER NOT NULL,
            evidence TEXT,
            memberships TEXT NOT NULL,
            PRIMARY KEY (source, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX person_login ON person (login_folded);
        CREATE INDEX person_email ON person (email_folded) WHERE email_folded IS NOT NULL;
        CREATE INDEX person_absent ON person (source, id, standing) WHERE standing <> 'present';
        CREATE INDEX person_gone ON person (source, since) WHERE standing = 'gone';

        CREATE TABLE source_state (
            source TEXT PRIMARY KEY,
            reading INTEGER NOT NULL,
            last_attempt_at INTEGER,
            last_complete_at INTEGER,
            people INTEGER NOT NULL,
            fingerprint TEXT,
            method TEXT,
            last_error TEXT,
            cookie TEXT
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE held_plan (
            source TEXT PRIMARY KEY,
            held_at INTEGER NOT NULL,
            fingerprint TEXT NOT NULL,
            removal_limit INTEGER NOT NULL,
            reasons TEXT NOT NULL,
            removals TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE audit (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            token INTEGER,
            owner_source TEXT,
            owner_id TEXT,
            by TEXT NOT NULL,
            detail TEXT NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT;
        CREATE INDEX audit_token ON audit (token) WHERE token IS NOT NULL;
        CREATE INDEX audit_owner ON audit (owner_source, owner_id)
            WHERE token IS NULL AND owner_id IS NOT NULL;

        CREATE TABLE idempotent (
            scope TEXT NOT NULL,
            key TEXT NOT NULL,
            method TEXT NOT NULL,
            request BLOB NOT NULL,
            token INTEGER NOT NULL,
            sealed_key TEXT NOT NULL,
            sealed BLOB NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (scope, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotent_at ON idempotent (at);
        """
}
