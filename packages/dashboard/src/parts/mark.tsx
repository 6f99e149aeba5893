/** A state as a shape: ring = ok, triangle = warn, diamond = bad, square = wait, dashed ring = off, triangle down = deploy, dash = note. */
export type MarkState = 'ok' | 'warn' | 'bad' | 'wait' | 'off' | 'deploy' | 'note'

/** The mark of a state. A word for it has to stand beside it, or be in `label` for screen readers. */
export function StateMark({ state, label }: { state: MarkState; label?: string }) {
  return (
    <>
      <i class="mark" data-state={state} />
      {label !== undefined && <span class="sr">{label}</span>}
    </>
  )
}

/** The mark of a service's state in the API. */
export const markOf = (state: 'failing' | 'degraded' | 'silent' | 'healthy'): MarkState =>
  ({ failing: 'bad', degraded: 'warn', silent: 'off', healthy: 'ok' })[state] as MarkState
