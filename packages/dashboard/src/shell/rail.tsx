import { useComputed } from '@preact/signals'

import { useReadings } from '../api/series.ts'
import type { Service } from '../api/shapes.ts'
import { isFresh } from '../errors/fresh.ts'
import { markOf, StateMark } from '../parts/mark.tsx'
import { Value } from '../parts/value.tsx'
import { useApp } from '../state/app.ts'
import type { ThemeChoice } from '../state/theme.ts'
import { useMonitor } from './monitor.ts'
import { FIND_KEY, isAt, PLACES, servicePath } from './places.ts'

const THEMES: ReadonlyArray<readonly [ThemeChoice, string]> = [
  ['system', 'Auto'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

/** The rail on the left: finding things, the pages, the services by severity, the hub, the theme and help. */
export function Rail({ onFind, onHelp }: { onFind: () => void; onHelp: () => void }) {
  const { address, theme } = useApp()
  const path = address.path.value
  return (
    <nav class="rail" aria-label="Main">
      <a class="brand" href={address.to('/')}>
        <svg
          viewBox="0 0 18 18"
          aria-hidden="true"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
          stroke-linecap="round"
        >
          <circle cx="9" cy="9" r="4.75" />
          <path d="M.9 9h5.2M11.9 9h5.2" />
        </svg>
        Sightline
      </a>
      <button class="find" type="button" onClick={onFind}>
        <span>Find anything</span>
        <kbd>{FIND_KEY}</kbd>
      </button>
      <ul class="pages">
        {PLACES.map(([href, text]) => (
          <li key={href}>
            <a href={address.to(href)} aria-current={isAt(path, href) ? 'page' : undefined}>
              {text}
              {text === 'Errors' && <NewErrors />}
              {text === 'Alerts' && <OpenAlerts />}
            </a>
          </li>
        ))}
      </ul>
      <Services path={path} />
      <div class="foot">
        <ul>
          <li>
            <a href={address.to('/hub')} aria-current={path === '/hub' ? 'page' : undefined}>
              Hub
              <Received />
            </a>
          </li>
        </ul>
        <div class="prefs">
          <div class="seg tiny" role="group" aria-label="Theme">
            {THEMES.map(([choice, text]) => (
              <button
                key={choice}
                type="button"
                class="btn"
                aria-pressed={theme.choice.value === choice}
                onClick={() => theme.choose(choice)}
              >
                {text}
              </button>
            ))}
          </div>
          <button type="button" class="btn bare" aria-label="Keyboard help" onClick={onHelp}>
            <kbd>?</kbd>
          </button>
        </div>
      </div>
    </nav>
  )
}

function NewErrors() {
  const { time } = useApp()
  const { errors } = useMonitor()
  const count = useComputed(() => {
    const { from } = time.span.value
    return errors.value.value?.errors.filter((group) => isFresh(group, from)).length ?? 0
  })
  return count.value === 0 ? null : <span class="n">{count} new</span>
}

function OpenAlerts() {
  const { alerts } = useMonitor()
  const count = useComputed(
    () => alerts.value.value?.data.alerts.filter(({ state }) => state === 'firing').length ?? 0,
  )
  return count.value === 0 ? null : <span class="n bad">{count} open</span>
}

function Received() {
  const { answer } = useReadings(() => 'sum(rate(hub_stored_items_total[1m]))')
  const rate = answer.value.value?.[0]?.value
  return <span class="n">{rate === undefined ? '' : <Value of={rate} unit="/s" />}</span>
}

function Services({ path }: { path: string }) {
  const { address } = useApp()
  const { services } = useMonitor()
  const { value } = services.value
  if (value === undefined || value.length === 0) return null
  return (
    <div class="services-nav">
      <h2>Services by severity</h2>
      <ul>
        {value.map((service) => {
          const href = servicePath(service.name)
          return (
            <li key={service.name}>
              <a href={address.to(href)} aria-current={path === href ? 'page' : undefined}>
                <StateMark state={markOf(service.state)} />
                <span class="clip" title={service.name}>
                  <bdi>{service.name}</bdi>
                </span>
                <span class="sr">{service.state}, errors</span>
                <span class={`n ${severityOf(service)}`}>
                  <Value of={service.requests?.errorRatio} unit="ratio" />
                </span>
              </a>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

/** The class of a service's figures that are wrong. */
const severityOf = ({ state }: Service): string =>
  state === 'failing' ? 'bad' : state === 'degraded' ? 'warn' : ''
