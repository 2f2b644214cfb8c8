#!/usr/bin/env bash
# A throw-away PostgreSQL for the tests, from the installed binaries: `postgres.sh start FOLDER` makes one in a folder
# that does not exist yet, on a free port of the loopback address, and prints its URL; `postgres.sh stop FOLDER` ends it
# and removes the folder. In between, `halt` ends it as an operator does, `crash` as a power cut does, and `resume`
# starts it again. `postgres.sh standby FOLDER URL` makes one in the same way that follows the server of that URL, which
# answers from then on once the standby has it as well; `promote` has it go on by itself.
# PostgreSQL refuses to run as root: root runs it as the user that Debian's package made.
set -euo pipefail

readonly command=$1 folder=$2 primary=${3:-}
bin=$(pg_config --bindir)
readonly bin

as_server() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

make_folder() {
    mkdir -p "$folder"
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres "$folder"
    fi
    cd "$folder"
}

start() {
    make_folder
    as_server "$bin/initdb" --pgdata="$folder/data" --username=rondo --auth=trust --no-sync \
        --encoding=UTF8 --no-locale >"$folder.log" 2>&1
    serve
}

standby() {
    make_folder
    as_server "$bin/pg_basebackup" --dbname="$primary" --pgdata="$folder/data" --write-recovery-conf \
        --checkpoint=fast --no-sync >"$folder.log" 2>&1
    serve
    "$bin/psql" --quiet --dbname="$primary" --command="alter system set synchronous_standby_names = '*'" \
        --command="select pg_reload_conf()" >>"$folder.log"
    for _ in $(seq 1000); do
        if is_waited_for; then
            return
        fi
    done
    echo "the standby never caught up" >&2
    exit 1
}

is_waited_for() {
    local count
    count=$("$bin/psql" --quiet --tuples-only --no-align --dbname="$primary" \
        --command="select count(*) from pg_stat_replication where sync_state = 'sync'")
    [ "$count" = 1 ]
}

promote() {
    cd "$folder"
    as_server "$bin/pg_ctl" promote --pgdata="$folder/data" --wait --silent
}

serve() {
    local port options
    # Somebody else may take the port in between: then another one is tried.
    for _ in 1 2 3 4 5; do
        port=$(free_port)
        options="-c port=$port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder"
        options+=" -c max_connections=400 -c max_prepared_transactions=0 ${TEST_POSTGRES_OPTIONS:-}"
        echo "$options" >"$folder.options"
        if resume; then
            echo "postgres://rondo@127.0.0.1:$port/postgres"
            return
        fi
    done
    cat "$folder.log" "$folder/log" >&2
    exit 1
}

resume() {
    cd "$folder"
    as_server "$bin/pg_ctl" start --pgdata="$folder/data" --wait --silent --log="$folder/log" \
        --options="$(cat "$folder.options")" >>"$folder.log" 2>&1
}

crash() {
    cd "$folder"
    as_server "$bin/pg_ctl" stop --pgdata="$folder/data" --mode=immediate --wait --silent
}

halt() {
    cd "$folder"
    as_server "$bin/pg_ctl" stop --pgdata="$folder/data" --mode=fast --wait --silent
}

stop() {
    cd /
    as_server "$bin/pg_ctl" stop --pgdata="$folder/data" --mode=immediate --silent || true
    rm -rf "$folder" "$folder.log" "$folder.options"
}

"$command"
