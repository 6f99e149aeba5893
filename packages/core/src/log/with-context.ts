import type { Logger } from 'pino'

import { BaseBindings, namesOfProcess } from './base-bindings.ts'
import { createLayer } from './context-layer.ts'
import { type ContextLayer, type ContextLogger, type LoggerSetup, ORIGIN } from './context-logger.ts'
import { isSettled, shaperOf } from './pino-parts.ts'

// pino's types do not show the most of them.
type Parts = Record<string | symbol, unknown>

/**
 * Derives a logger from any pino logger whose lines carry the current scope's ids and fields, hold no secret, and never
 * throw into the code that writes them. The original stays as it is, and what it was told about the shape of its lines
 * holds for these as well.
 */
export function withContext(original: Logger, setup: LoggerSetup, service: string): ContextLogger {
  const layer = layerOf(original, setup)
  // Not a child: the application's `onChild` is for children of its own. Not below the original either: of an object that
  // has been made for one request, V8 would make the costly shape that prototypes have.
  const logger = Object.create(layer.logger) as ContextLogger
  copyOwnParts(original, layer.root, logger)
  settle(logger, original, layer, setup, service).follow(logger)
  if (original.levelVal !== layer.logger.levelVal) logger.level = original.level
  return logger
}

/** The same of a logger itself, which stays the object that it is, and so do the children that are made of it from now on. */
export function takeOver(logger: Logger, setup: LoggerSetup, service: string): ContextLogger {
  const before = Object.create(
    Object.getPrototypeOf(logger) as object,
    Object.getOwnPropertyDescriptors(logger),
  ) as Logger
  const layer = layerOf(before, setup)
  const taken = logger as ContextLogger
  for (const name of Reflect.ownKeys(layer.logger))
    (taken as unknown as Parts)[name] = (layer.logger as unknown as Parts)[name]
  settle(taken, before, layer, setup, service).write(taken)
  if (before.levelVal !== layer.logger.levelVal) taken.level = before.level
  return taken
}

function settle(
  logger: ContextLogger,
  original: Logger,
  { ownNames }: ContextLayer,
  { printer }: LoggerSetup,
  service: string,
): BaseBindings {
  const base = new BaseBindings(original, service, printer, ownNames)
  logger[ORIGIN] = { logger, base, levelVal: original.levelVal }
  return base
}

/** What a logger has itself, or from ancestors below `root`: a prefix, what `redact` needs, methods of the application. */
function copyOwnParts(original: Logger, root: Logger, target: Logger): void {
  if (original === root) return
  copyOwnParts(Object.getPrototypeOf(original) as Logger, root, target)
  for (const name of Reflect.ownKeys(original)) {
    if (isSettled(original, name)) continue
    const part = Object.getOwnPropertyDescriptor(original, name)
    if (part) Object.defineProperty(target, name, part)
  }
}

/** Children that a library has made for requests differ from their parent in their bindings alone, as a rule. */
function layerOf(original: Logger, setup: LoggerSetup): ContextLayer {
  const shaper = shaperOf(original)
  const root = namesOfProcess(shaper).length === namesOfProcess(original).length ? shaper : original
  const known = setup.layers.get(root)
  if (known) return known
  const layer = createLayer(root, setup)
  setup.layers.set(root, layer)
  return layer
}
