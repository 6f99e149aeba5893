import { type ReadonlySignal, signal } from '@preact/signals'

/** A short notice. It never is the only place of an information. */
interface Notice {
  readonly text: string
  /** A button of the notice, such as "Undo". */
  readonly action?: { readonly text: string; readonly run: () => void } | undefined
}

/** The notice of the page. The newest replaces the one before. */
export interface Toast {
  readonly notice: ReadonlySignal<Notice | undefined>
  say(text: string, action?: Notice['action']): void
  dismiss(): void
}

/** Creates the notice of the page. */
export function createToast(): Toast {
  const notice = signal<Notice | undefined>(undefined)
  return {
    notice,
    say: (text, action) => void (notice.value = { text, action }),
    dismiss: () => void (notice.value = undefined),
  }
}
