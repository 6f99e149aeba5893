/** A command line that cannot be carried out. Its message is for the person who wrote it; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What `sightline --help` prints. */
export const HELP = `sightline: traces, logs and metrics of your services, on this machine

  sightline                          start a hub: http://127.0.0.1:4318
  sightline run -- node app.js       run a program that sends its telemetry to a hub
  sightline demo                     send the telemetry of a made-up shop to a hub
  sightline ask 'sum(rate(...))'     evaluate a PromQL expression
  sightline logs 'level>=warn'       search log records
  sightline trace ID                 show a trace

Hub
  --port N            default 4318; 0 for any free port
  --host ADDRESS      default 127.0.0.1. Another address needs tokens: those that are not given are generated
  --token TEXT        required of services that send
  --view-token TEXT   required of people and programs that read
  --allow-host NAME   a further name of the hub, such as the one of a proxy or a Compose service. May be repeated
  --allow-origin URL  the origin of pages that may send, such as https://shop.example. May be repeated
  --data FOLDER       default: the folder sightline in $XDG_DATA_HOME or ~/.local/share
  --max-disk SIZE     default 5GB
  --retention TIME    age at which spans and log records are deleted; default 14d
  --scrape URL        a /metrics endpoint, or NAME=URL with the name of its service. May be repeated
  --prometheus FILE   a prometheus.yml: its static targets are scraped
  --forward URL       also sends all accepted data there (OTLP over HTTP)
  --no-redact         stores secrets as they arrive
  --log-level LEVEL   error, warn or info; default info

run and demo start a hub with these options if none answers.

ask, logs, trace, run, demo
  --hub URL           default http://127.0.0.1:4318
  --from, --to TIME   a time range: 15m (ago) or RFC 3339. Default: the last hour; of ask: now
  --limit N           most log records; default 100
  -f, --follow        logs: prints records as they arrive
  --json              prints JSON

Each option can be a variable: SIGHTLINE_HUB_PORT, SIGHTLINE_HUB_MAX_DISK, ..., and SIGHTLINE_HUB_URL for --hub.
  -h, --help          this text
  -v, --version       the version

Exit codes: 0; 1 if the hub does not answer, or with an error; 2 for a wrong command line; of run: the program's.`
