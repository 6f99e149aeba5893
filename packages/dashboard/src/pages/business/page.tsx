import { useComputed, useSignal } from '@preact/signals'

import { useLoaded } from '../../api/answer.ts'
import { useDeployments } from '../../api/deployments.ts'
import { prefixOf, unitOf } from '../../format/metrics.ts'
import { Shown } from '../../parts/shown.tsx'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import { Board } from './board.tsx'
import { comparisonOf } from './compare.ts'
import { Empty } from './empty.tsx'
import { boardOf, type Instrument, type SavedBoard, savedBoard } from './instruments.ts'
import { NewRatio } from './new-ratio.tsx'
import { Stack } from './stack.tsx'

const WEEK = 604_800_000

/** What the application measures of its business: a board without configuration. */
export default function BusinessPage() {
  const { address, api, time, toast } = useApp()
  const marks = useDeployments()
  const minute = useComputed(() => Math.floor(time.now.value / 60_000))
  const loaded = useLoaded(async (from, aborted) => {
    void minute.value
    const [{ instruments }, saved, { store }] = await Promise.all([
      from.get<{ instruments: readonly Instrument[] }>('/api/instruments', {}, aborted),
      from.get<unknown>('/api/settings/board', {}, aborted),
      from.get<{ store: { oldest: number | null } }>('/api/hub', {}, aborted),
    ])
    return { instruments, saved: savedBoard(saved), oldest: store.oldest }
  })
  /** What was changed on this page, before the hub knows of it. */
  const edited = useSignal<SavedBoard | undefined>(undefined)

  function save(change: SavedBoard): void {
    const next = { ...(edited.peek() ?? loaded.answer.peek().value?.saved), ...change }
    edited.value = next
    api
      .send('PUT', '/api/settings/board', next)
      .catch((error: unknown) =>
        toast.say(`Not saved: ${error instanceof Error ? error.message : String(error)}`),
      )
  }

  return (
    <Page title="Business" state={<span class="muted small">instruments created by the application</span>}>
      <Shown
        answer={loaded.answer}
        retry={loaded.retry}
        isEmpty={({ instruments }) => !instruments.some(({ business }) => business)}
        empty={<Empty />}
      >
        {({ instruments, saved: stored, oldest }) => {
          const saved = edited.value ?? stored
          const board = boardOf(instruments, saved)
          const all = [...board.pinned, ...board.others]
          const { from, to } = time.span.value
          const hasWeek = oldest !== null && oldest < to - WEEK
          const against = address.params.value.get('vs') ?? (hasWeek ? 'week' : 'before')
          const comparison = comparisonOf(against, to, to - from)
          const prefix = prefixOf(all.filter(({ jobs }) => jobs.length > 0).map(({ name }) => name))
          return (
            <>
              <Stack
                jobs={[...new Set(all.flatMap(({ jobs }) => jobs))].slice(0, 6)}
                chosen={saved.route}
                onChoose={(route) => save({ route })}
                ratio={all.find(({ ratio }) => ratio !== null)}
                money={all.find(
                  ({ name, type, unit }) => type === 'counter' && /^[A-Z]{3}$/.test(unitOf(name, unit)),
                )}
                prefix={prefix}
                comparison={comparison}
                marks={marks}
              />
              <Board
                board={board}
                saved={saved}
                onSave={save}
                prefix={prefix}
                comparison={comparison}
                against={against}
                marks={marks}
              />
              <NewRatio
                counters={instruments.filter(({ type }) => type === 'counter').map(({ name }) => name)}
                names={all.map(({ name }) => name)}
                onAdd={(ratio) => save({ ratios: [...(saved.ratios ?? []), ratio] })}
              />
            </>
          )
        }}
      </Shown>
    </Page>
  )
}
