import type { LayoutName } from '../options/rules.ts'
import type { Printer } from '../printing/printer.ts'
import type { Lines } from '../stdout/lines.ts'
import type { AccessText, Layout } from './access-text.ts'
import { ecsLayout } from './ecs-layout.ts'
import { otelLayout } from './otel-layout.ts'

/** The names of the layouts: each has its own field names and nesting. */
export const LAYOUTS = ['sightline', 'ecs', 'otel'] as const satisfies readonly LayoutName[]

/** Finds a layout. `undefined`: Sightline's own. */
export function layoutOf(name: LayoutName, service: string, printer: Printer): Layout | undefined {
  if (name === 'sightline') return undefined
  return name === 'ecs' ? ecsLayout(service, printer) : otelLayout(service, printer)
}

/** Also shows lines to listeners, which expect Sightline's own layout. */
export function shownAs(text: AccessText, layout: Layout, lines: Lines): AccessText {
  return (record, verdict, said) => {
    if (lines.areHeard) lines.show(text(record, verdict, said))
    return layout.access(record, verdict, said)
  }
}
