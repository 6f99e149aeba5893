import { useAnswer } from '../../api/answer.ts'
import type { Alert, AlertsAnswer } from '../../api/shapes.ts'
import { clockSeconds } from '../../format/times.ts'
import { StateMark } from '../../parts/mark.tsx'
import { Shown } from '../../parts/shown.tsx'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import { Empty } from './empty.tsx'
import { Lanes } from './lanes.tsx'
import { alertingOf, isPage, type Rule } from './rules.ts'

/** What fires and what is about to, by the rules of the hub. */
export default function AlertsPage() {
  const rules = useAnswer<{ data: { groups: ReadonlyArray<{ rules: readonly Rule[] }> } }>(() => [
    '/api/v1/rules',
  ])
  const alerts = useAnswer<AlertsAnswer>(() => ['/api/v1/alerts'])
  const open = (alerts.answer.value.value?.data.alerts ?? []).filter(({ state }) => state !== 'inactive')
  const firing = open.filter(({ state }) => state === 'firing')
  const said = [
    firing.length > 0 && `${firing.length} firing`,
    open.length > firing.length && `${open.length - firing.length} pending`,
  ].filter(Boolean)
  return (
    <Page
      title="Alerts"
      state={
        said.length > 0 && (
          <span class={firing.length > 0 ? 'state bad' : 'state warn'}>
            <StateMark state={firing.length > 0 ? 'bad' : 'wait'} />
            {said.join(', ')}
          </span>
        )
      }
    >
      <Shown answer={rules.answer} retry={rules.retry}>
        {({ data }) => {
          const alerting = alertingOf(data.groups)
          return alerting.length + open.length === 0 ? (
            <Empty />
          ) : (
            <>
              {alerting.length > 0 && <Lanes rules={alerting} />}
              {open.length > 0 && <Open alerts={open} />}
            </>
          )
        }}
      </Shown>
    </Page>
  )
}

/** The open alerts, each with what it says. */
function Open({ alerts }: { alerts: readonly Alert[] }) {
  const { address } = useApp()
  return (
    <section class="sec" aria-labelledby="h-open">
      <div class="head">
        <h2 id="h-open">Open alerts</h2>
      </div>
      <ul class="story open">
        {alerts.map(({ labels, annotations, state, activeAt, value }) => {
          const { alertname = '', job } = labels
          return (
            <li key={JSON.stringify(labels)}>
              <StateMark state={state === 'pending' ? 'wait' : isPage({ labels }) ? 'bad' : 'warn'} />
              <span>
                <b>
                  <bdi>{alertname}</bdi>
                </b>{' '}
                {job !== undefined && (
                  <a href={address.to(`/services/${encodeURIComponent(job)}`)}>
                    <bdi>{job}</bdi>
                  </a>
                )}{' '}
                <span class="muted">
                  {state}
                  {` since ${clockSeconds(Date.parse(activeAt))}`}
                </span>
                <br />
                <bdi>{annotations['description'] ?? annotations['summary'] ?? `The value is ${value}.`}</bdi>
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
