# What is done in a folder that a site is published to, on this machine or on a server, in the shell of
# POSIX. Arguments: a command, the site's path without a slash at its end, and what the command needs.
# broadsheet/publish/releases.py says how the releases lie. Exit code 3: what is there is not ours.
set -eu
LC_ALL=C; export LC_ALL
umask 022
command=$1 site=$2
shift 2
name=${site##*/}
case $site in
    */*) parent=${site%/*}; parent=${parent:-/} ;;
    *) parent=. ;;
esac
ours=.$name.broadsheet name=./$name
if [ "$command" = state ] && [ ! -e "$parent" ]; then
    printf '%s\n\n' "$parent/$ours"
    exit
fi
mkdir -p "$parent"
cd "$parent"

# The release that readers see; empty if there is none.
now() {
    [ -L "$name" ] || return 0
    link=$(readlink "$name")
    case $link in
        "$ours"/*/site) link=${link#"$ours"/}; printf %s "${link%/site}" ;;
    esac
}

refuse_foreign() {
    if [ -L "$name" ]; then
        [ -n "$(now)" ] || { echo "a link to $(readlink "$name")"; exit 3; }
    elif [ -d "$name" ]; then
        [ -z "$(ls -A "$name")" ] || { echo "a folder that is not empty"; exit 3; }
    elif [ -e "$name" ]; then
        echo "a file"; exit 3
    fi
    if [ -L "$ours" ] || { [ -e "$ours" ] && [ ! -d "$ours" ]; }; then
        echo "something in the place of $ours beside it"; exit 3
    fi
}

# Show readers another release, in one step. What they see then knows which was before: the one that was
# shown, or what is given as the second argument.
show() {
    now=$(now) before=${2-$(now)}
    if [ "$now" != "$1" ]; then
        printf %s "$before" > "$ours/$1/before"
        rm -f "$ours/link"
        ln -s "$ours/$1/site" "$ours/link"
        [ -L "$name" ] || [ ! -d "$name" ] || rmdir "$name"
        case $(mv --help 2>&1) in # of GNU and of busybox, else of BSD
            *-T*) mv -f -T "$ours/link" "$name" ;;
            *) mv -f -h "$ours/link" "$name" ;;
        esac
    fi
    for one in "$ours"/*/; do
        case ${one%/} in
            "$ours/$1" | "$ours/$before" | "$ours/new" | "$ours/*") ;;
            *) rm -rf "$one" ;;
        esac
    done
}

case $command in
    state)       # the folder of releases, the release that is shown, the one before, and its manifest
        refuse_foreign
        now=$(now)
        printf '%s\n%s\n' "$(pwd)/$ours" "$now"
        if [ -n "$now" ]; then
            cat "$ours/$now/before" 2>/dev/null || true
            echo
            cat "$ours/$now/published.json"
        fi ;;
    manifest)
        cat "$ours/$1/published.json" ;;
    digests)     # the SHA-256 digest and the path of each file of a release; what is no file has `-`
        cd "$ours/$1/site"
        if command -v sha256sum >/dev/null; then
            find . -type f -exec sha256sum {} +
        else
            find . -type f -exec shasum -a 256 {} +
        fi
        find . ! -type d ! -type f -exec printf -- '- %s\n' {} \; ;;
    lock)        # takes the lock, or prints the one that is there: a link, made in one step with its holder
        refuse_foreign
        mkdir -p "$ours"
        holder=$(cat)
        if [ -d "$ours/lock" ]; then
            printf '?'
        elif ! ln -s "$holder" "$ours/lock" 2>/dev/null; then
            readlink "$ours/lock" || ln -s "$holder" "$ours/lock"
        fi ;;
    unlock)      # drops the lock that has this holder
        [ "$(readlink "$ours/lock")" != "$(cat)" ] || rm -f "$ours/lock" ;;
    begin)       # prints what a publication that was broken off has left
        refuse_foreign
        mkdir -p "$ours/new/site"
        cd "$ours/new/site"
        find . ! -type d -print ;;
    remove)      # removes files of the new release, by their paths
        cd "$ours/new/site"
        while IFS= read -r path; do rm -f "$path"; done
        find . -depth -type d -exec rmdir {} + 2>/dev/null || true ;;
    keep)        # takes files of the release that is shown over, by their paths
        now=$(now)
        while IFS= read -r path; do
            mkdir -p "$ours/new/site/$(dirname "./$path")"
            ln -f "$ours/$now/site/$path" "$ours/new/site/$path" 2>/dev/null ||
                cp -p "$ours/$now/site/$path" "$ours/new/site/$path"
        done ;;
    finish)      # the new release is whole: its manifest comes by standard input
        cat > "$ours/new/published.json"
        find "$ours/new/site" -type d -exec chmod 755 {} +
        rm -rf "${ours:?}/$1"
        mv "$ours/new" "$ours/$1"
        show "$@" ;;
    back)
        show "$1" ;;
esac
