#!/bin/bash
# What docker-mailserver makes of its configuration directory, told again in its own language: the same `read` and the same
# unanchored `grep`, so that their surprises are the real ones. The judge of what Dockspace renders; knows nothing of Dockspace.
#
#   dms.sh convert CONFIG RIG DIALECT   CONFIG/*.cf -> RIG/dovecot/{userdb,masterdb}, RIG/postfix/etc/*; DIALECT is 15 or 16
#   dms.sh quota CONFIG ADDRESS...      for each mailbox `+` and the size that applies, or `-`
#   dms.sh account CONFIG TARGET...     for each alias target `+` and the account line it is taken for, or `-`
set -u
export LC_ALL=C

# A line is dropped only when it is blank or starts with `#`: elsewhere `#` is data.
entries() { [ ! -e "$1" ] || grep -Ev '^[[:space:]]*(#|$)' "$1"; }

account() { grep -m 1 -e "$1" "$config/postfix-accounts.cf"; }

# The first line that matches, comments too; it counts if it has exactly two fields.
quota() {
    local line fields
    line=$(grep -m 1 -i -e "$1:" "$config/dovecot-quotas.cf" 2>/dev/null) || return 1
    IFS=: read -r -a fields <<<"$line"
    [ ${#fields[@]} -eq 2 ] && printf '%s\n' "${fields[1]}"
}

# The account's own attributes, then the quota as the Dovecot of this dialect calls it.
attributes() {
    local size grace=
    size=$(quota "$1") || { printf '%s' "$2"; return; }
    [ -z "$2" ] || printf '%s ' "$2"
    if [ "$dialect" = 15 ]; then
        printf 'userdb_quota_rule=*:bytes=%s' "$size"
    else
        [[ $size =~ ^([1-9][0-9]*)([BkMGT])$ ]] && grace=" userdb_quota_storage_grace=$((BASH_REMATCH[1] / 10))${BASH_REMATCH[2]}"
        printf 'userdb_quota_storage_size=%s%s' "$size" "$grace"
    fi
}

part() { cut -d @ -f "$1" <<<"$2"; }
home() { printf '%s/mail/%s/%s/home' "$rig" "$(part 2 "$1")" "$(part 1 "$1")"; }

accounts() {
    local login hash more row
    while IFS='|' read -r login hash more; do
        row="$login $(part 2 "$login")/$(part 1 "$login")/"
        grep -qF -e "$row" "$etc/vmailbox" || printf '%s\n' "$row" >>"$etc/vmailbox"
        row="$login:$hash:5000:5000::$(home "$login")::$(attributes "$login" "$more")"
        grep -qF -e "$row" "$userdb" || printf '%s\n' "$row" >>"$userdb"
        mkdir -p "$(home "$login")"
        part 2 "$login" >>"$etc/vhost"
    done < <(entries "$config/postfix-accounts.cf")
}

# For its quota service docker-mailserver makes aliases known to Dovecot, each with a row that borrows an account's hash.
alias_rows() {
    local key targets target words login hash more row pattern='@'
    [ "$dialect" = 15 ] || pattern='.+@.+'
    while read -r key targets; do
        [[ $key =~ $pattern ]] || continue
        if [ "$dialect" = 15 ]; then words=("$targets"); else IFS=', ' read -r -a words <<<"$targets"; fi
        for target in "${words[@]}"; do
            [ -n "$target" ] || continue
            row=$(account "$target") || continue
            IFS='|' read -r login hash more <<<"$row"
            [ -n "$hash" ] || { echo "dms.sh: '$key' finds an account line without a hash: the container would shut down" >&2; exit 70; }
            row="$key:$hash:5000:5000::$(home "$target")::$(attributes "$target" "$more")"
            grep -qixF -e "$row" "$userdb" || printf '%s\n' "$row" >>"$userdb"
            break
        done
    done < <(entries "$config/postfix-virtual.cf")
}

alias_domains() {
    local key rest
    while read -r key rest; do
        [[ $key == *@* ]] && [ "$(part 1 "$key")" != "$(part 2 "$key")" ] && part 2 "$key" >>"$etc/vhost"
    done < <(entries "$config/postfix-virtual.cf")
}

# A file that isn't there is an empty table.
copy() { if [ -e "$config/$1" ]; then cp "$config/$1" "$2"; else : >"$2"; fi; }

convert() {
    local live=$rig/postfix/etc name file
    etc=$rig/new userdb=$rig/new/userdb
    rm -rf "$etc" && mkdir -p "$etc" && touch "$userdb" "$etc"/{vmailbox,vhost}
    accounts
    if [ -e "$config/postfix-accounts.cf" ] && [ -e "$config/postfix-virtual.cf" ]; then alias_rows; fi
    alias_domains
    sort -u -o "$etc/vhost" "$etc/vhost"
    entries "$config/dovecot-masters.cf" | sed 's/|/:/' >"$etc/masterdb"
    copy postfix-virtual.cf "$etc/virtual"
    copy postfix-regexp.cf "$etc/regexp"
    copy postfix-send-access.cf "$etc/send-access"
    copy postfix-receive-access.cf "$etc/receive-access"
    { echo "root: postmaster@example.test"; entries "$config/postfix-aliases.cf"; } >"$etc/aliases"
    chmod 644 "$etc"/*
    for name in userdb masterdb; do
        chown dovecot:dovecot "$etc/$name" && chmod 640 "$etc/$name" && mv "$etc/$name" "$rig/dovecot/$name"
    done
    for file in "$etc"/*; do mv "$file" "$live/"; done
    chown -R 5000:5000 "$rig/mail"
}

command=$1 config=$2
case $command in
    convert) rig=$3 dialect=$4; convert ;;
    quota | account)
        for key in "${@:3}"; do
            if found=$("$command" "$key"); then printf '+%s\n' "$found"; else echo -; fi
        done
        ;;
    *) echo "dms.sh: no command '$command'" >&2; exit 64 ;;
esac
