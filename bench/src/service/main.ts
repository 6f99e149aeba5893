/** A service process: serves as planned, and answers the harness. */
import { layersOf } from './layer.ts'
import { memoryWatch } from './memory.ts'
import type { Answer, Question, ServicePlan } from './plan.ts'

const plan = JSON.parse(process.argv[2] ?? '') as ServicePlan
const layers = await layersOf(plan)
// Imported after the layers: instrumentations must load before the framework.
const { serve } = await {
  fastify: () => import('./fastify.ts'),
  express: () => import('./express.ts'),
  koa: () => import('./koa.ts'),
}[plan.framework]()
const work = layers.find((layer) => layer.work)?.work ?? (() => {})
const memory = memoryWatch()

async function answerTo(question: Question): Promise<Answer> {
  switch (question) {
    case 'usage': {
      const { user, system } = process.cpuUsage()
      return { type: 'usage', cpuMicros: user + system, rss: process.memoryUsage.rss() }
    }
    case 'settle':
      for (const layer of layers) await layer.settle?.()
      return { type: 'settle' }
    case 'memory':
      return { type: 'memory', ...memory() }
  }
}

const port = await serve(layers, plan.routes, work)
process.on('message', (question: Question) => {
  void answerTo(question).then((answer) => process.send?.(answer))
})
// The service ends with the harness.
process.on('disconnect', () => process.exit())
process.send?.({ type: 'listening', port } satisfies Answer)
