/** A command line that cannot be carried out. Its message is for the person who wrote it; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What `sightline --help` prints. */
export const HELP = `sightline: traces, logs and metrics of your services, on this machine

  sightline                          start a hub: http://127.0.0.1:4318
  sightline run -- node app.js       run a program that sends its telemetry to a hub
  sightline demo                     send the telemetry of a made-up shop to the hub
  sightline ask 'sum(rate(...))'     evaluate a PromQL expression
  sightline logs 'level>=warn'       search log records   [--follow]
  sightline trace ID                 show a trace

Hub
  --port N            default 4318, 0 for any free port
  --host ADDRESS      default 127.0.0.1; another address needs a token
  --token TEXT        required of everybody who sends or reads
  --data FOLDER       default: the user's data folder
  --max-disk SIZE     default 5GB
  --retention TIME    default 14d
  --scrape URL        a /metrics endpoint; may be repeated
  --prometheus FILE   a prometheus.yml: its static targets are scraped
  --forward URL       also sends all accepted data there (OTLP over HTTP)
  --no-redact         stores secrets as they arrive
  --log-level LEVEL   error, warn, info or debug; default info

ask, logs, trace, run, demo
  --hub URL           default http://127.0.0.1:4318
  --token TEXT        the hub's token
  --json              print JSON
  --from, --to TIME   a time range: 15m (ago), RFC 3339; default the last hour
  --limit N           most lines of logs; default 100

Each option of the hub can be an environment variable: SIGHTLINE_HUB_PORT, SIGHTLINE_HUB_MAX_DISK, ...
  -h, --help          this text
  -v, --version       the version`
