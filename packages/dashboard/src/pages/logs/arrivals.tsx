import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { grouped } from '../../format/numbers.ts'
import type { LogList } from '../../logs/list.ts'
import { useApp } from '../../state/app.ts'

/** Milliseconds between two announcements of new lines. */
const EVERY = 5_000

/** Says that new lines are held back, and shows them when it is pressed. */
export function Paused({ waiting }: { waiting: number }) {
  const { time } = useApp()
  return (
    <button class="paused" type="button" onClick={() => time.hold(false)}>
      <b>Paused</b> while you read.{' '}
      {waiting > 0 && `${grouped(waiting)} newer ${waiting === 1 ? 'line' : 'lines'} `}
      <span class="ph">
        <kbd>l</kbd> to follow
      </span>
    </button>
  )
}

/** Tells screen readers how many lines have arrived, every few seconds. The lines themselves are not read out. */
export function Announced({ list }: { list: LogList }) {
  const said = useSignal('')
  useEffect(() => {
    const endOf = () => {
      const { rows, shift, waiting } = list.lines.peek()
      return shift + rows.length + waiting
    }
    let before = endOf()
    const timer = setInterval(() => {
      const end = endOf()
      said.value =
        before > 0 && end > before
          ? `${grouped(end - before)} new ${end - before === 1 ? 'line' : 'lines'}`
          : ''
      before = end
    }, EVERY)
    return () => clearInterval(timer)
  }, [list, said])
  return <output class="sr">{said}</output>
}
