# Sourced by the run scripts. Leaves the repository's root in the working folder and a Python of at least
# 3.11 in $python. POSIX sh, since a fresh machine may have nothing else.
cd "$(dirname "$0")/../.."

python=
for candidate in python3 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11 以上が必要です。 Python 3.11 or newer is needed: apt-get install python3" >&2
    exit 1
fi
