import { startArchive } from '../../src/archive/server.ts';
import { createPhantomFiles } from '../../src/phantom/phantom-studies.ts';

const files = await createPhantomFiles();
await startArchive({ files: files.map(({ bytes }) => bytes), port: Number(process.argv[2]) });
process.send?.('listening');
process.once('disconnect', () => process.exit()); // with who started it
