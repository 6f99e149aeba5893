import type { LayoutName } from '../options/rules.ts'
import type { Printer } from '../printing/printer.ts'
import type { Lines } from '../stdout/lines.ts'
import type { AccessText, Layout } from './access-text.ts'
import { ecsLayout } from './ecs-layout.ts'
import { otelLayout } from './otel-layout.ts'

/** Under which names, and how nested, lines are written. */
export const LAYOUTS = ['sightline', 'ecs', 'otel'] as const satisfies readonly LayoutName[]

/** Finds a layout; `undefined`: it is Sightline's own. */
export function layoutOf(name: LayoutName, service: string, printer: Printer): Layout | undefined {
  if (name === 'sightline') return undefined
  return name === 'ecs' ? ecsLayout(service, printer) : otelLayout(service, printer)
}

/** Shows lines to those who want to have them too, who know them in Sightline's layout only. */
export function shownAs(text: AccessText, layout: Layout, lines: Lines): AccessText {
  return (record, verdict, said) => {
    if (lines.areHeard) lines.show(text(record, verdict, said))
    return layout.access(record, verdict, said)
  }
}
