import { useComputed, useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { useEffect } from 'preact/hooks'

import { useAnswer, useLoaded } from '../../api/answer.ts'
import { useDeployments } from '../../api/deployments.ts'
import { useLines } from '../../api/series.ts'
import { later } from '../../parts/later.tsx'
import { StateMark, markOf } from '../../parts/mark.tsx'
import { WithSheet } from '../../parts/with-sheet.tsx'
import { sourceOf } from '../../promql/requests.ts'
import { resourceQuery } from '../../promql/resources.ts'
import { windowOf } from '../../promql/together.ts'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import { Calls } from './calls.tsx'
import { Errors, useErrors } from './errors.tsx'
import { Facts } from './facts.tsx'
import { Health, useChecks } from './health.tsx'
import { InstanceTable } from './instances.tsx'
import { recentOf } from './recent.tsx'
import { Red } from './red.tsx'
import { ResourceCharts, stylesOf } from './resource-charts.tsx'
import { Routes } from './routes.tsx'
import { SectionTabs } from './section-tabs.tsx'
import type { Parts, Service } from './service.ts'
import { useVersions, VersionComparison } from './versions.tsx'

const TraceSheet = later(async () => (await import('../../parts/trace-sheet.tsx')).TraceSheet)

/** One service: its requests, routes, versions, dependencies, errors, resources, instances and health checks. */
export default function ServicePage() {
  const name = useRoute().params['name'] ?? ''
  return <Named key={name} name={name} />
}

function Named({ name }: { name: string }) {
  const { address, time } = useApp()
  const service = useAnswer<Service>(() => {
    const { from, to } = recentOf(time)
    return [`/api/services/${encodeURIComponent(name)}`, { from: Math.round(from), to: Math.round(to) }]
  })
  const found = service.answer.value.value
  return (
    <Page
      title={name}
      crumbs={[{ text: 'Services', href: address.to('/') }]}
      state={
        found !== undefined && (
          <span class={`state ${STATES[found.state]}`} title={found.reason}>
            <StateMark state={markOf(found.state)} />
            {found.state}
          </span>
        )
      }
    >
      <Content name={name} service={service} />
    </Page>
  )
}

/** Milliseconds after which parts of the page appear although others are still to come. */
const PATIENCE = 3_000

const STATES = { failing: 'bad', degraded: 'warn', silent: 'muted', healthy: '' } as const

function Content({ name, service }: Pick<Parts, 'name' | 'service'>) {
  const { address, time } = useApp()
  const source = useLoaded((api, aborted) => {
    void time.grid.value
    return sourceOf(api, name, time.span.peek(), aborted)
  })
  const marks = useDeployments(name)
  const resources = useLines(() => resourceQuery(name, windowOf(time.grid.value.step), false))
  const hosts = useLines(() => resourceQuery(name, windowOf(time.grid.value.step), true))
  const styles = useComputed(() =>
    stylesOf(
      service.answer.value.value?.instances.map(({ instance }) => instance) ?? [],
      resources.answer.value.value,
    ),
  )
  const errors = useErrors(name)
  const health = useChecks(name)
  const versions = useVersions(name)
  const isWaiting = useSignal(true)
  useEffect(() => {
    const timer = setTimeout(() => (isWaiting.value = false), PATIENCE)
    return () => clearTimeout(timer)
  }, [isWaiting])
  // What is below appears at once, so that nothing moves while its parts arrive.
  const isReady = useComputed(
    () =>
      !isWaiting.value ||
      [service.answer, errors.answer, versions.answer].every(
        ({ value: { since, error } }) => since !== undefined || error !== undefined,
      ),
  )
  const parts: Parts = { name, service, marks, source: useComputed(() => source.answer.value.value) }
  const open = address.params.value.get('open')
  return (
    <WithSheet
      sheet={
        open !== null && (
          <TraceSheet
            key={open}
            traceId={open}
            spanId={address.params.value.get('span')}
            onClose={() => address.adjust({ open: null, span: null })}
          />
        )
      }
    >
      <Facts {...parts} />
      <SectionTabs service={service} errors={errors} checks={health.checks} isReady={isReady.value} />
      <Red
        {...parts}
        found={source}
        onExemplar={({ traceId, spanId }) => address.adjust({ open: traceId, span: spanId })}
      />
      {isReady.value && (
        <>
          <div class="grid sec">
            <Routes {...parts} />
            <VersionComparison versions={versions} />
          </div>
          <div class="grid sec">
            <Calls {...parts} />
            <Errors {...parts} errors={errors} />
          </div>
          <ResourceCharts {...parts} resources={resources} hosts={hosts} styles={styles} />
          <div class="grid sec">
            <InstanceTable {...parts} resources={resources} />
            <Health {...health} />
          </div>
        </>
      )}
    </WithSheet>
  )
}
