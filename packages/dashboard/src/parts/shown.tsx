import type { ReadonlySignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

import type { Answer } from '../api/answer.ts'

/** Shows an answer: nothing for the first 300 ms, old values dimmed while the next answer is late, and a sentence where it failed. */
export function Shown<T>({
  answer,
  retry,
  empty,
  isEmpty,
  children,
}: {
  answer: ReadonlySignal<Answer<T>>
  retry: () => void
  /** One sentence: why there is nothing, and the way out. */
  empty?: ComponentChildren
  isEmpty?: (value: T) => boolean
  children: (value: T) => ComponentChildren
}) {
  const { value, error, isLate } = answer.value
  return (
    <>
      {error !== undefined && <Failed error={error} retry={retry} />}
      {value !== undefined && (
        <div class={isLate ? 'shown late' : 'shown'}>
          {isEmpty?.(value) === true ? <p class="muted">{empty}</p> : children(value)}
        </div>
      )}
    </>
  )
}

/** A request that failed: one sentence, and a button to try again. */
export function Failed({ error, retry }: { error: string; retry: () => void }) {
  return (
    <p class="state warn" role="status">
      <i class="mark" data-state="warn" />
      <bdi>{error}</bdi>
      <button type="button" class="btn tiny" onClick={retry}>
        Try again
      </button>
    </p>
  )
}
