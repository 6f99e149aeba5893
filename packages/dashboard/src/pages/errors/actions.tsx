import { useSignal } from '@preact/signals'

import { type GroupDetails, markdownOf } from '../../errors/groups.ts'
import { curlOf } from '../../format/share.ts'
import { msOf } from '../../format/times.ts'
import { CopyMenu } from '../../parts/copy.tsx'
import { Menu } from '../../parts/pop.tsx'
import { useApp } from '../../state/app.ts'

const HOUR = 3_600_000
/** For how long a group can be ignored, in milliseconds. */
const IGNORE: ReadonlyArray<readonly [title: string, ms: number | undefined]> = [
  ['for an hour', HOUR],
  ['for a day', 24 * HOUR],
  ['for a week', 168 * HOUR],
  ['until it is reopened', undefined],
]

/** Resolves, ignores or reopens a group. Each can be undone. */
export function Actions({ group, onChange }: { group: GroupDetails; onChange: () => void }) {
  const { api, toast } = useApp()
  const isBusy = useSignal(false)
  const { state, fingerprint, versions } = group
  const path = `/api/errors/${encodeURIComponent(fingerprint)}`

  async function set(
    next: 'open' | 'resolved' | 'ignored',
    until: number | undefined,
    said?: string,
  ): Promise<void> {
    isBusy.value = true
    try {
      await api.send('POST', path, {
        state: next,
        ...(until !== undefined && { until: new Date(until).toISOString() }),
      })
      if (said !== undefined) toast.say(said, { text: 'Undo', run: () => void undo() })
      onChange()
    } catch (error) {
      toast.say(error instanceof Error ? error.message : String(error))
    } finally {
      isBusy.value = false
    }
  }

  function undo(): Promise<void> {
    const until = typeof state.until === 'string' ? msOf(state.until) : undefined
    return set(state.kind === 'regressed' ? 'open' : state.kind, until)
  }

  const newest = versions.toSorted((a, b) => msOf(b.firstSeen) - msOf(a.firstSeen))[0]?.version ?? ''
  const isOpen = state.kind === 'open' || state.kind === 'regressed'
  return (
    <div class="actions">
      {isOpen ? (
        <>
          <button
            class="btn"
            type="button"
            disabled={isBusy.value}
            onClick={() =>
              void set(
                'resolved',
                undefined,
                `Resolved. It comes back here when it happens ${newest === '' ? 'again' : `in a version after ${newest}`}.`,
              )
            }
          >
            Resolve
          </button>
          <Menu
            button="Ignore"
            label="Ignore"
            items={IGNORE.map(([title, ms]) => ({
              text: title,
              run: () =>
                void set('ignored', ms === undefined ? undefined : Date.now() + ms, `Ignored ${title}.`),
            }))}
          />
        </>
      ) : (
        <button
          class="btn"
          type="button"
          disabled={isBusy.value}
          onClick={() => void set('open', undefined, 'Reopened.')}
        >
          Reopen
        </button>
      )}
      <CopyMenu
        of={{
          link: () => ({ open: fingerprint }),
          json: () => group,
          curl: () => curlOf(location.origin, path),
          markdown: () => markdownOf(group),
        }}
      />
    </div>
  )
}
