// Khronos' glTF validator over the files given: one JSON array on standard output, a report for each file.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.resolve(import.meta.dirname, '../../frontend/package.json'));
const validator = require('gltf-validator');

const reports = [];
for (const file of process.argv.slice(2)) {
  const bytes = new Uint8Array(await readFile(file));
  try {
    const report = await validator.validateBytes(bytes, {
      maxIssues: 200,
      externalResourceFunction: (uri) =>
        readFile(path.resolve(path.dirname(file), decodeURIComponent(uri))).then((data) => new Uint8Array(data)),
    });
    reports.push({ file, issues: report.issues, info: report.info });
  } catch (problem) {
    reports.push({ file, issues: { numErrors: 1, messages: [{ code: 'UNREADABLE', message: String(problem), severity: 0 }] } });
  }
}
process.stdout.write(JSON.stringify(reports));
