import { useLoaded } from '../../api/answer.ts'
import type { Alert } from '../../api/shapes.ts'
import { age } from '../../format/times.ts'
import { StateMark } from '../../parts/mark.tsx'
import { Shown } from '../../parts/shown.tsx'
import { Sentence } from '../../sentences/sentence.tsx'
import { useMonitor } from '../../shell/monitor.ts'
import { useApp } from '../../state/app.ts'

const SEVERITIES = ['critical', 'page', 'error', 'warning', 'ticket', 'warn']

/** The alerts that fire or are about to. Without a rule, what they are for. */
export function Alerts() {
  const { address } = useApp()
  const { alerts, retry } = useMonitor()
  const rules = useLoaded((api, aborted) =>
    api
      .get<{ data: { groups: ReadonlyArray<{ rules: ReadonlyArray<{ type: string }> }> } }>(
        '/api/v1/rules',
        {},
        aborted,
      )
      .then(
        ({ data }) =>
          data.groups.flatMap((group) => group.rules).filter(({ type }) => type === 'alerting').length,
      ),
  )
  const count = rules.answer.value.value ?? 0
  return (
    <section class="c5" aria-labelledby="h-alerts">
      <div class="head">
        <h2 id="h-alerts">Open alerts</h2>
        <span class="aside">
          <a href={address.to('/alerts')}>{count === 0 ? 'About alerts' : `All ${count} rules`}</a>
        </span>
      </div>
      <Shown
        answer={alerts}
        retry={retry}
        isEmpty={({ data }) => data.alerts.length === 0}
        empty={count === 0 ? 'None: no rule is loaded.' : `None. ${count} ${count === 1 ? 'rule' : 'rules'}.`}
      >
        {({ data }) => (
          <ul class="story open">
            {data.alerts
              .toSorted((a, b) => rankOf(a) - rankOf(b))
              .map((alert) => (
                <Row key={JSON.stringify(alert.labels)} alert={alert} />
              ))}
          </ul>
        )}
      </Shown>
    </section>
  )
}

function Row({ alert }: { alert: Alert }) {
  const { time } = useApp()
  const { labels, annotations, state, activeAt } = alert
  const { alertname = 'Alert', severity = '' } = labels
  const about = annotations['summary'] ?? annotations['description'] ?? ''
  const since = age(time.now.value - Date.parse(activeAt))
  return (
    <li>
      <StateMark state={state === 'pending' ? 'wait' : isUrgent(alert) ? 'bad' : 'warn'} />
      <span>
        <Sentence parts={[{ text: alertname, as: 'strong', path: '/alerts' }]} />{' '}
        <span class="muted">
          {severity !== '' && `${severity}, `}
          {state} for {since}
        </span>
        <br />
        <bdi>{about.slice(0, 300)}</bdi>
      </span>
    </li>
  )
}

/** Whether it wakes people. */
const isUrgent = ({ labels }: Alert) => !/^(?:warn|warning|ticket|info|low)/i.test(labels['severity'] ?? '')

/** Firing before pending, then by severity. */
function rankOf({ state, labels }: Alert): number {
  const severity = SEVERITIES.indexOf(labels['severity'] ?? '')
  return (state === 'firing' ? 0 : 100) + (severity === -1 ? SEVERITIES.length : severity)
}
