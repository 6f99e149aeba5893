import type { SavedRatio } from './instruments.ts'

/** A form for a ratio of two counters that the application does not declare itself. */
export function NewRatio({
  counters,
  names,
  onAdd,
}: {
  counters: readonly string[]
  /** Names that are in use. */
  names: readonly string[]
  onAdd: (ratio: SavedRatio) => void
}) {
  function submit(event: SubmitEvent): void {
    event.preventDefault()
    // The form's own element, whose fields are those below.
    const form = event.currentTarget as HTMLFormElement
    const data = new FormData(form)
    const text = (name: string) => {
      const value = data.get(name)
      return typeof value === 'string' ? value.trim() : ''
    }
    const field = form.elements.namedItem('name')
    if (field instanceof HTMLInputElement) {
      field.setCustomValidity(names.includes(text('name')) ? 'This name is in use.' : '')
      if (!form.reportValidity()) return
    }
    onAdd({ name: text('name'), of: text('of'), to: text('to') })
    form.reset()
  }
  const part = {
    list: 'ratio-parts',
    required: true,
    pattern: '[a-zA-Z_:][\\w:]*(\\{.*\\})?',
    maxLength: 1_024,
  }
  return (
    <details class="sec">
      <summary class="linkish">New ratio</summary>
      <form class="inline gap-top" onSubmit={submit} onInput={({ currentTarget }) => clear(currentTarget)}>
        <label>
          Name{' '}
          <input class="tiny-in wide-in" name="name" required maxLength={80} placeholder="Orders per visit" />
        </label>
        <label>
          of <input class="tiny-in wide-in mono" name="of" {...part} />
        </label>
        <label>
          to <input class="tiny-in wide-in mono" name="to" {...part} />
        </label>
        <datalist id="ratio-parts">
          {counters.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <button type="submit" class="btn tiny">
          Add
        </button>
      </form>
      <p class="muted small gap-top">
        Metrics with or without labels, such as <code>shop_orders_total&#123;status="paid"&#125;</code>. The
        application declares one with <code>metrics.ratio()</code>.
      </p>
    </details>
  )
}

function clear(form: HTMLFormElement): void {
  const field = form.elements.namedItem('name')
  if (field instanceof HTMLInputElement) field.setCustomValidity('')
}
