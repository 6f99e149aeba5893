import { computed, type ReadonlySignal } from '@preact/signals'

import type { Theme } from '../../state/theme.ts'

const TOKENS = [
  'paper', 'ink', 'ink-2', 'ink-3', 'line-grid', 'line-strong', 'accent', 'bad', 'bad-mark', 'warn-mark',
  'q-low', 'q-mid', 'q-band', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8',
] as const // prettier-ignore

/** Colours of the design by the names of their tokens, as a canvas takes them. */
export type Palette = Readonly<Record<(typeof TOKENS)[number], string>> & {
  /** The font of axes and captions, in CSS pixels. */
  readonly font: string
}

/** The colours of the present theme. They are read once per change of the theme: a canvas cannot read tokens itself. */
export function createPalette(theme: Theme, page: Document): ReadonlySignal<Palette> {
  return computed(() => {
    void theme.version.value
    const probe = page.createElement('i')
    page.body.append(probe)
    const style = getComputedStyle(probe)
    probe.style.font = 'var(--regular) var(--t-1)/1 var(--sans)'
    const { font } = style
    const colours = TOKENS.map((token) => {
      probe.style.color = `var(--${token})`
      return [token, style.color]
    })
    probe.remove()
    // The list of tokens makes exactly the keys of the type.
    return { ...Object.fromEntries(colours), font } as Palette
  })
}
