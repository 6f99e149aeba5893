import { StateMark } from '../../parts/mark.tsx'
import { useApp } from '../../state/app.ts'

/** What the hub says of a service without any rule. */
const STATES = [
  ['bad', 'failing', 'At least 5 % of the requests fail, or no scrape of any instance succeeds.'],
  ['warn', 'degraded', 'At least 1 % of the requests fail, or a scrape of an instance fails.'],
  ['off', 'silent', 'Nothing has arrived for 5 minutes.'],
] as const

const RULE = `sum(rate(http_server_request_duration_seconds_count{
  http_route="/checkout", http_response_status_code=~"5.."}[5m]))
/
sum(rate(http_server_request_duration_seconds_count{
  http_route="/checkout"}[5m])) > 0.05`

/** Why there are no alerts, what the hub watches all the same, and where rules can be evaluated. */
export function Empty() {
  const { address, toast } = useApp()
  return (
    <>
      <section aria-labelledby="h-lanes">
        <div class="head">
          <h2 id="h-lanes">Rules</h2>
        </div>
        <p class="empty">
          <b>This hub has no alert rules.</b>
          Without rules nothing fires, and no message is sent. Alerts that Grafana evaluates with the hub as
          its data source are Grafana's, and are not shown here.
        </p>
      </section>
      <div class="grid">
        <section class="c6" aria-labelledby="h-watched">
          <div class="head">
            <h2 id="h-watched">Watched without rules</h2>
            <span class="aside">over 5 minutes</span>
          </div>
          <ul class="story open">
            {STATES.map(([state, text, when]) => (
              <li key={text}>
                <StateMark state={state} />
                <span>
                  <b>{text}</b> <span class="soft">{when}</span>
                </span>
              </li>
            ))}
          </ul>
          <p class="finding">
            <StateMark state="note" />
            <span>
              Services in these states are first on the <a href={address.to('/')}>overview</a>, and new errors
              are on the page <a href={address.to('/errors')}>Errors</a>.
            </span>
          </p>
        </section>
        <section class="c6" aria-labelledby="h-rule">
          <div class="head">
            <h2 id="h-rule">An expression to alert on</h2>
            <span class="aside">in Grafana, with this hub as a Prometheus data source</span>
          </div>
          <div class="codeblock">
            <pre tabIndex={0}>{RULE}</pre>
            <button
              type="button"
              class="btn tiny"
              onClick={() =>
                void navigator.clipboard.writeText(RULE).then(
                  () => toast.say('Copied.'),
                  () => toast.say('The browser did not allow it. Select the text instead.'),
                )
              }
            >
              Copy
            </button>
          </div>
        </section>
      </div>
    </>
  )
}
