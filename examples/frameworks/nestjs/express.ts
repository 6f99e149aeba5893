import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { sightline } from '@sightline/express'

import { AppModule } from './app.module.ts'
import { logger } from './logger.ts'
import { telemetry } from './telemetry.ts'

const { PORT = '3000', HOST = '127.0.0.1' } = process.env

const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger })
app.use(sightline(telemetry))
// Nest's own hooks, such as onModuleDestroy, run after the last request. So there is no need for enableShutdownHooks.
telemetry.onShutdown('nest', () => app.close())
await app.listen(Number(PORT), HOST)
telemetry.log.info({ address: app.getHttpServer().address() }, 'orders are open')
