import type { useLoaded } from '../../api/answer.ts'
import type { Change } from '../../api/shapes.ts'
import { clock, clockSeconds } from '../../format/times.ts'
import { StateMark } from '../../parts/mark.tsx'
import { Shown } from '../../parts/shown.tsx'
import { tell } from '../../sentences/changes.ts'
import { Sentence } from '../../sentences/sentence.tsx'
import { useApp } from '../../state/app.ts'

/** What changed, oldest first, each with the page that proves it. */
export function Changes({
  changes: { answer, retry },
  length,
}: {
  changes: ReturnType<typeof useLoaded<readonly Change[]>>
  /** When, in words. */
  length: string
}) {
  const { address } = useApp()
  return (
    <section class="c7" aria-labelledby="h-changed">
      <div class="head">
        <h2 id="h-changed">What changed {length}</h2>
        {(answer.value.value?.length ?? 0) > 1 && <span class="aside">oldest first</span>}
      </div>
      <Shown answer={answer} retry={retry} isEmpty={(all) => all.length === 0} empty="Nothing.">
        {(all) => (
          <ol class="story">
            {all.map((change, index) => {
              const told = tell(change)
              if (told === undefined) return null
              const { to, parts } = told
              const time = change.time
              return (
                <li key={`${change.kind} ${change.service} ${index}`}>
                  <time title={clock(time)} dateTime={new Date(time).toISOString()}>
                    {clockSeconds(time)}
                  </time>
                  <StateMark state={change.state} />
                  <span>
                    <Sentence parts={parts} />
                  </span>
                  <a class="to" href={address.to(to.path, to.params)}>
                    {to.text}
                  </a>
                </li>
              )
            })}
          </ol>
        )}
      </Shown>
    </section>
  )
}
