import { answer, type Endpoint } from '../endpoints.ts'
import type { HealthStatus } from './check.ts'
import type { Health, HealthReport } from './health.ts'

/** The probes below a path, and the report at it. 200 or 503, and nothing else: a probe understands no more. */
export function healthEndpoints(path: string, health: Health): ReadonlyArray<readonly [string, Endpoint]> {
  const probe =
    (ask: () => Promise<HealthStatus>): Endpoint =>
    (req, res) => {
      void ask().then((status) =>
        answer(req, res, codeOf(status), JSON_TYPE, `${JSON.stringify({ status })}\n`),
      )
    }
  return [
    [`${path}/live`, probe(health.live)],
    [`${path}/ready`, probe(health.ready)],
    [`${path}/startup`, probe(health.startup)],
    [
      path,
      (req, res) => {
        // Reasons and details name what is inside: here they are told to nobody.
        void health.report().then((report) => {
          const asked = req.headers.accept?.includes(HEALTH_TYPE) === true
          const body = JSON.stringify(asked ? healthJson(report) : report, undefined, 2)
          answer(req, res, codeOf(report.status), asked ? HEALTH_TYPE : JSON_TYPE, `${body}\n`)
        })
      },
    ],
  ]
}

const JSON_TYPE = 'application/json; charset=utf-8'
const HEALTH_TYPE = 'application/health+json'

/** https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check-06 */
const HEALTH_WORDS: Readonly<Record<HealthStatus, string>> = {
  healthy: 'pass',
  degraded: 'warn',
  unhealthy: 'fail',
}

function healthJson({ status, service, version, checks }: HealthReport): object {
  return {
    status: HEALTH_WORDS[status],
    serviceId: service,
    ...(version !== undefined && { version }),
    checks: Object.fromEntries(
      Object.entries(checks).map(([name, check]) => [
        name,
        [
          {
            status: HEALTH_WORDS[check.status],
            observedValue: check.durationMs,
            observedUnit: 'ms',
            time: check.lastSuccess,
          },
        ],
      ]),
    ),
  }
}

function codeOf(status: HealthStatus): number {
  return status === 'unhealthy' ? 503 : 200
}
