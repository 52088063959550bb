#!/usr/bin/env bash
# Makes sure that the neighbours which the tests run for real are on this machine:
# PostgreSQL, Redis, coturn, clamd, nginx, Chromium, Firefox (and a screen for it), Poppler's pdfsig, and what makes hosts of their own on this machine.
# Installs Debian's packages when it may, says what to do when it may not.
set -euo pipefail

missing=()
needs() { # needs <package> <program>…: any of the programs will do
  local package=$1 program
  shift
  for program in "$@"; do
    if command -v "$program" >/dev/null 2>&1 || [ -x "$program" ]; then return; fi
  done
  missing+=("$package")
}

shopt -s nullglob
needs postgresql initdb /usr/lib/postgresql/*/bin/initdb
needs redis-server redis-server
needs coturn turnserver
needs clamav-daemon clamd /usr/sbin/clamd
needs nginx-light nginx /usr/sbin/nginx
needs gettext-base envsubst
needs chromium chromium chromium-browser google-chrome
needs iproute2 ip /usr/sbin/ip
needs nftables nft /usr/sbin/nft
needs firefox-esr firefox-esr firefox
needs xvfb Xvfb
needs poppler-utils pdfsig

[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "The tests need these programs, please install them: ${missing[*]}" >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "The tests need these programs. Please run once:" >&2
  echo "  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

echo "Installing for the tests: ${missing[*]} …"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
