import { useAnswer } from '../../api/answer.ts'
import { grouped } from '../../format/numbers.ts'
import { Shown } from '../../parts/shown.tsx'
import { useApp } from '../../state/app.ts'
import type { Parts } from './service.ts'

/** Groups of errors, from `/api/errors`. */
export interface ErrorGroups {
  readonly errors: ReadonlyArray<{
    readonly fingerprint: string
    readonly type: string
    readonly message: string
    readonly count: number
    /** The version that brought it, if it is new. */
    readonly newIn?: string | null
    readonly state: { readonly kind: 'open' | 'regressed' | 'resolved' | 'ignored' }
  }>
}

/** Groups that are shown. */
const SHOWN = 5

/** The groups of errors of a service that the page asks for. */
export function useErrors(name: string) {
  const { time } = useApp()
  return useAnswer<ErrorGroups>(() => {
    const { from, to } = time.span.value
    return [
      '/api/errors',
      { service: name, state: 'open,regressed', from: Math.round(from), to: Math.round(to), limit: 50 },
    ]
  })
}

/** The most frequent errors of a service. */
export function Errors({ name, errors }: Parts & { errors: ReturnType<typeof useErrors> }) {
  const { address } = useApp()
  return (
    <section class="c4" id="errors" aria-labelledby="h-errs">
      <div class="head">
        <h2 id="h-errs">Errors</h2>
        <span class="aside">
          <a href={address.to('/errors', { service: name })}>
            All of <bdi>{name}</bdi>
          </a>
        </span>
      </div>
      <Shown {...errors} isEmpty={(found) => found.errors.length === 0} empty="No open errors in this range.">
        {(found) => (
          <ul class="story open">
            {found.errors
              .toSorted((a, b) => Number(isNews(b)) - Number(isNews(a)) || b.count - a.count)
              .slice(0, SHOWN)
              .map((group) => (
                <li key={group.fingerprint}>
                  <i class="mark" data-state={isNews(group) ? 'bad' : 'note'} />
                  <div class="clip">
                    <a class="plain strong" href={address.to(`/errors/${group.fingerprint}`)}>
                      <bdi>{group.type}</bdi>
                    </a>{' '}
                    {isNews(group) && (
                      <span class="tag bad">{group.newIn ? `new in ${group.newIn}` : 'came back'}</span>
                    )}
                    <p class="muted clip" title={group.message}>
                      <bdi>{group.message}</bdi>
                    </p>
                  </div>
                  <span class="num">{grouped(group.count)}</span>
                </li>
              ))}
          </ul>
        )}
      </Shown>
    </section>
  )
}

const isNews = ({ newIn, state }: ErrorGroups['errors'][number]) =>
  state.kind === 'regressed' || (newIn !== undefined && newIn !== null)
