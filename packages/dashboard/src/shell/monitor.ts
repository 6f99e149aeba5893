import { computed, type ReadonlySignal, useComputed } from '@preact/signals'
import { createContext } from 'preact'
import { useContext, useMemo } from 'preact/hooks'

import { type Answer, mapAnswer, useLoaded } from '../api/answer.ts'
import type { Api, Params } from '../api/api.ts'
import { queryAt } from '../api/series.ts'
import type { AlertsAnswer, ErrorsAnswer, Service, ServicesAnswer } from '../api/shapes.ts'
import { useApp } from '../state/app.ts'
import { environmentsOf, inEnvironment } from './environment.ts'

/** What every page shows of all services: their states, open alerts, new errors. Loaded once for the rail and the Overview. */
export interface Monitor {
  /** Worst first. Those of the chosen environment. */
  readonly services: ReadonlySignal<Answer<readonly Service[]>>
  readonly errors: ReadonlySignal<Answer<ErrorsAnswer>>
  readonly alerts: ReadonlySignal<Answer<AlertsAnswer>>
  /** The services of all environments. */
  readonly all: ReadonlySignal<readonly Service[] | undefined>
  /** Whether a service is one of the chosen environment. */
  readonly isShown: (name: string) => boolean
  /** Names of the environments that services say they run in. */
  readonly environments: ReadonlySignal<readonly string[]>
  /** The one that was chosen. */
  readonly environment: ReadonlySignal<string | undefined>
  /** Loads all of it again. */
  retry(): void
}

/** How often it is loaded on a live page. */
const EVERY_MS = 3_000
/** Loads what all pages show. Once per page. */
export function useMonitoring(): Monitor {
  const { address, time } = useApp()
  const round = useComputed(() => Math.floor(time.now.value / EVERY_MS))

  function useSlow<T>(load: (api: Api, range: Params, signal: AbortSignal) => Promise<T>) {
    return useLoaded((api, aborted) => {
      void round.value
      void time.last.value
      void address.params.value
      const { from, to } = time.span.peek()
      return load(api, { from: Math.round(from), to: Math.round(to) }, aborted)
    })
  }

  const services = useSlow((api, range, aborted) => api.get<ServicesAnswer>('/api/services', range, aborted))
  const errors = useSlow((api, range, aborted) =>
    api.get<ErrorsAnswer>('/api/errors', { ...range, state: 'open,regressed', limit: 200 }, aborted),
  )
  const alerts = useSlow((api, _, aborted) => api.get<AlertsAnswer>('/api/v1/alerts', {}, aborted))
  const infos = useSlow((api, { to }, aborted) =>
    queryAt(api, 'last_over_time(target_info[1h]) or last_over_time(service_info[1h])', Number(to), aborted),
  )

  return useMemo(() => {
    const environment = computed(() => address.params.value.get('env') ?? undefined)
    const readings = computed(() => infos.answer.value.value ?? [])
    const shown = mapAnswer(services.answer, ({ services: all }) =>
      inEnvironment(all, environment.value, readings.value),
    )
    const names = computed(() => new Set(shown.value.value?.map(({ name }) => name)))
    const isShown = (name: string) => environment.value === undefined || names.value.has(name)
    return {
      services: shown,
      all: computed(() => services.answer.value.value?.services),
      isShown,
      errors: mapAnswer(errors.answer, (answer) => ({
        ...answer,
        errors: answer.errors.filter((group) => group.services.some(isShown)),
      })),
      alerts: alerts.answer,
      environment,
      environments: computed(() => environmentsOf(readings.value)),
      retry() {
        for (const { retry } of [services, errors, alerts, infos]) retry()
      },
    }
  }, [])
}

export const MonitorContext = createContext<Monitor | undefined>(undefined)

/** What all pages show of the services. */
export function useMonitor(): Monitor {
  const monitor = useContext(MonitorContext)
  if (monitor === undefined) throw new Error('useMonitor needs a MonitorContext around the component')
  return monitor
}
