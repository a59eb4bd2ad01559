# Sourced by the other scripts: finds a Python, makes environments from the locked versions.

find_python() {
    local candidate
    for candidate in python3.11 python3.12 python3.13 python3; do
        if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            command -v "$candidate"
            return
        fi
    done
    echo "Clew needs Python 3.11 or later with venv (on Debian and Ubuntu: apt-get install python3 python3-venv)." >&2
    return 1
}

# Make the environment $1 hold exactly the locked files $2...; does nothing when it already does.
make_environment() {
    local folder=$1 stamp
    shift
    stamp=$(cat "$@" | cksum)
    if [ "$(cat "$folder/.locked" 2>/dev/null)" = "$stamp" ] && "$folder/bin/python" -c 'import clew' 2>/dev/null; then
        return
    fi
    local python began=$SECONDS
    python=$(find_python)
    echo "Making $folder with $("$python" --version) from $* ..."
    rm -rf "$folder"
    if ! "$python" -m venv "$folder"; then
        rm -rf "$folder"
        echo "Python cannot make an environment (on Debian and Ubuntu: apt-get install python3-venv)." >&2
        return 1
    fi
    local required=()
    for lock in "$@"; do required+=(--requirement "$lock"); done
    "$folder/bin/python" -m pip install -qq --disable-pip-version-check --no-input --require-hashes "${required[@]}"
    "$folder/bin/python" -m pip install -qq --disable-pip-version-check --no-input --no-deps --no-build-isolation --no-index --editable .
    echo "$stamp" >"$folder/.locked"
    echo "Made $folder in $((SECONDS - began)) s."
}
