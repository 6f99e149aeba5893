/** The application's functions for the shape of pino's lines, called as pino calls them. Their errors do no harm. */
import type { Logger } from 'pino'

import type { Printer } from '../printing/printer.ts'
import type { FaultReporter, Fields } from '../seam.ts'
import { escaped } from '../stdout/escapes.ts'
import type { Lines } from '../stdout/lines.ts'
import { FORMATTERS, type Formatters, type Hooks, privatePart, setPrivatePart } from './pino-parts.ts'

type Mixin = (fields: object, level: number, logger: Logger) => object
type Merge = (fields: object, mixed: object) => object

interface FormatSetup {
  readonly printer: Printer
  readonly fault: FaultReporter
  /** The names that a line already has. */
  readonly reserved: ReadonlySet<string>
}

/** Gives a derived logger the functions of its original. If one throws, its part of the line is left out. */
export function keepFormat(logger: Logger, { printer, fault, reserved }: FormatSetup): void {
  const mixin = privatePart(logger, 'mixin') as Mixin | undefined
  const merge = privatePart(logger, 'mixinMergeStrategy') as Merge | undefined
  if (mixin)
    setPrivatePart(logger, 'mixin', (fields: object, level: number, writer: Logger): Fields => {
      try {
        return printer.fields(mixin(fields, level, writer), reserved)
      } catch (error) {
        fault('the mixin of a logger', error)
        return {}
      }
    })
  if (merge)
    setPrivatePart(logger, 'mixinMergeStrategy', (fields: object, mixed: object): object => {
      try {
        return merge(fields, mixed)
      } catch (error) {
        fault('the mixinMergeStrategy of a logger', error)
        return { ...mixed, ...fields }
      }
    })
  const own = logger as Logger & { [FORMATTERS]: Formatters }
  // pino applies the formatter of bindings to the bindings of a root logger, not to those of its children.
  own[FORMATTERS] = { ...safeFormatters(own[FORMATTERS], fault), bindings: (bindings) => bindings }
}

/** Formatters that cannot lose a line. */
export function safeFormatters<F extends Formatters>(formatters: F, fault: FaultReporter): F {
  const { log } = formatters
  if (!log) return formatters
  return {
    ...formatters,
    log(fields: object) {
      try {
        return log(fields)
      } catch (error) {
        fault('the formatter of a logger', error)
        return fields
      }
    },
  }
}

/** Hooks that escape each line, and pass it to listeners. */
export function lineHooks({ streamWrite }: Hooks, fault: FaultReporter, lines: Lines): Hooks {
  const shown = (line: string) => {
    const written = escaped(line)
    lines.show(written)
    return written
  }
  if (!streamWrite) return { streamWrite: shown }
  return {
    streamWrite(line) {
      let written = line
      try {
        written = streamWrite(line)
      } catch (error) {
        fault('the hook streamWrite of a logger', error)
      }
      // A hook of the application may return a value that is no text.
      return typeof written === 'string' ? shown(written) : written
    },
  }
}
