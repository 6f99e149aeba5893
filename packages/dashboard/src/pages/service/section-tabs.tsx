import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { type Tab, Tabs } from '../../parts/tabs.tsx'
import type { useErrors } from './errors.tsx'
import type { Check } from './health.tsx'
import type { Parts } from './service.ts'

const SECTIONS = ['red', 'routes', 'calls', 'errors', 'resources', 'instances', 'health'] as const

/** The parts of the page, with how much there is in each. The one in view is marked. */
export function SectionTabs({
  service,
  errors,
  checks,
  isReady,
}: Pick<Parts, 'service'> & {
  errors: ReturnType<typeof useErrors>
  checks: ReadonlySignal<readonly Check[]>
  /** Whether the sections are there. */
  isReady: boolean
}) {
  const current = useCurrent(isReady)
  const found = service.answer.value.value
  const ill = checks.value.filter(({ state }) => state !== 'healthy')
  const tabs: ReadonlyArray<readonly [id: (typeof SECTIONS)[number], text: string, count?: Tab['count']]> = [
    ['red', 'Summary'],
    ['routes', 'Routes', found?.routes.length],
    ['calls', 'Dependencies', found?.dependencies.length],
    ['errors', 'Errors', errors.answer.value.value?.errors.length],
    ['resources', 'Resources'],
    ['instances', 'Instances', found?.instances.length],
    [
      'health',
      'Health',
      ill.length === 0 ? undefined : <span class="bad">{`${ill.length} ${ill[0]?.state}`}</span>,
    ],
  ]
  return (
    <Tabs
      label="Parts of this page"
      isSticky
      tabs={tabs.map(([id, text, count]) => ({ text, href: `#${id}`, isCurrent: current === id, count }))}
    />
  )
}

/** The section that is at the top of the window. */
function useCurrent(isReady: boolean): string {
  const current = useSignal<string>(SECTIONS[0])
  useEffect(() => {
    const seen = new Set<string>()
    const watching = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries)
          if (isIntersecting) seen.add(target.id)
          else seen.delete(target.id)
        current.value = SECTIONS.find((id) => seen.has(id)) ?? current.peek()
      },
      { rootMargin: '-104px 0px -40% 0px' },
    )
    for (const id of SECTIONS) {
      const section = document.querySelector(`#${id}`)
      if (section !== null) watching.observe(section)
    }
    return () => watching.disconnect()
  }, [current, isReady])
  return current.value
}
