// Runs before `npm start` and `npm test`, on whatever Node the machine has: plain JavaScript, old syntax.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `dicomweb-graphql needs Node >= 22.19; this is ${process.version} (${process.execPath}).\n` +
      'On Linux (glibc, x64 or arm64) "npm ci" brings its own Node 24 for the npm scripts; elsewhere, or with --omit=optional,\n' +
      'install Node 24 LTS (https://nodejs.org) and run "npm ci" again.',
  );
  process.exit(1);
}
