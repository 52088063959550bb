#!/usr/bin/env bash
# Makes every secret of an installation once, as a file each, in secrets/ beside this script (or in the folder given).
# What is there already stays. The folder is the owner's alone; its files are readable inside it, because a container's
# user has another number. SMTP_URL=smtps://user:password@mail.example.de:465 names the mail server.
set -euo pipefail
folder=${1:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$folder"
chmod 0700 "$folder"
cd "$folder"

put() { # put <file>: from standard input, unless it is there
  if [ -e "$1" ]; then cat >/dev/null; else cat >"$1"; chmod 0444 "$1"; echo "made $1"; fi
}
random() { openssl rand -hex 32; }

random | put SPRECHZEIT_SECRET
random | put SPRECHZEIT_TICKET_SECRET
openssl rand -base64 32 | put SPRECHZEIT_MASTER_KEY
random | put SPRECHZEIT_TURN_SECRET
random | put POSTGRES_PASSWORD
echo "postgresql+asyncpg://sprechzeit:$(cat POSTGRES_PASSWORD)@postgres:5432/sprechzeit" | put SPRECHZEIT_DATABASE_URL
# Redis holds nothing that has to outlive it: notices, used tickets, rooms that are being handed over.
printf 'requirepass %s\nsave ""\nappendonly no\nmaxmemory 256mb\nmaxmemory-policy noeviction\n' "$(random)" | put redis.conf
echo "redis://:$(sed -n 's/^requirepass //p' redis.conf)@redis:6379/0" | put SPRECHZEIT_REDIS_URL

if [ -n "${SMTP_URL:-}" ]; then
  echo "$SMTP_URL" | put SPRECHZEIT_SMTP_URL
elif [ ! -e SPRECHZEIT_SMTP_URL ]; then
  echo "Which mail server? Please run again with SMTP_URL=smtps://user:password@host:465" >&2
  exit 1
fi

if [ ! -e TLS_KEY ]; then
  name=${SERVER_NAME:-localhost}
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj "/CN=$name" \
    -addext "subjectAltName=DNS:$name" -keyout TLS_KEY -out TLS_CERTIFICATE 2>/dev/null
  chmod 0444 TLS_KEY TLS_CERTIFICATE
  echo "made TLS_KEY and a certificate that nobody trusts: put the real ones there (cp keeps the file, mv does not)"
fi
