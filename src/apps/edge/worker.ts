/** Where a worker of the gateway begins, as a process of its own. It loads what serves mail, and nothing that reads a command line or a configuration. */
import { systemClock } from '../../net/clock.ts';
import { runWorker } from './daemon.ts';

await runWorker(systemClock);
