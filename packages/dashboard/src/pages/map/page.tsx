import { useComputed } from '@preact/signals'

import { useAnswer } from '../../api/answer.ts'
import type { Service, ServicesAnswer } from '../../api/shapes.ts'
import { NARROW } from '../../format/numbers.ts'
import { Shown } from '../../parts/shown.tsx'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import { Calls } from './calls.tsx'
import { Drawing } from './drawing.tsx'
import { type Call, reach } from './layout.ts'

/** The services and their calls: who calls whom, how often, and what fails. */
export default function MapPage() {
  const { address, time, sightline } = useApp()
  const isWhole = useComputed(() => address.params.value.get('over') === 'range')
  const params = () => {
    const { from, to } = time.span.value
    const at = Math.min(to, sightline.isPinned.value ? (sightline.at.value ?? to) : to)
    const seconds = isWhole.value ? Math.min(86_400, Math.max(10, Math.round((to - from) / 1_000))) : 300
    return { to: Math.round(at), window: `${seconds}s` }
  }
  const dependencies = useAnswer<{ dependencies: readonly Call[] }>(() => ['/api/dependencies', params()])
  const services = useAnswer<ServicesAnswer>(() => [
    '/api/services',
    { ...params(), from: Math.round(time.span.value.from) },
  ])
  const near = address.params.value.get('near')
  const known = services.answer.value.value?.services ?? []

  return (
    <Page title="Map" state={<span class="muted small">calls between services</span>}>
      <div class="head">
        <label class="field">
          <span class="muted">Near</span>
          <input
            type="search"
            list="map-services"
            placeholder="all services"
            value={near ?? ''}
            onInput={({ currentTarget: { value } }) => address.adjust({ near: value === '' ? null : value })}
          />
          <datalist id="map-services">
            {known.map(({ name }) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
        <span class="aside" id="map-window">
          rate, failed and p95 of calls, average over
        </span>
        <div class="seg tiny" role="group" aria-labelledby="map-window">
          {[`5${NARROW}min`, 'the whole range'].map((text, at) => (
            <button
              key={text}
              type="button"
              class="btn"
              aria-pressed={isWhole.value === (at === 1)}
              onClick={() => address.adjust({ over: at === 1 ? 'range' : null })}
            >
              {text}
            </button>
          ))}
        </div>
      </div>
      <Shown
        answer={dependencies.answer}
        retry={dependencies.retry}
        isEmpty={({ dependencies: calls }) => calls.length + known.length === 0}
        empty="No service has called another one in this time. Calls are known from spans: choose a longer range, or send traces."
      >
        {({ dependencies: all }) => {
          const within = near !== null && isKnown(near, known, all) ? reach(near, all) : undefined
          const calls = all.filter(
            ({ client, server }) => within === undefined || (within.has(client) && within.has(server)),
          )
          const shown = known.filter(({ name }) => within === undefined || within.has(name))
          return (
            <>
              <Drawing services={shown} calls={calls} />
              <Calls calls={calls} />
            </>
          )
        }}
      </Shown>
    </Page>
  )
}

const isKnown = (name: string, services: readonly Service[], calls: readonly Call[]) =>
  services.some((service) => service.name === name) ||
  calls.some(({ client, server }) => client === name || server === name)
