// Prints the Khronos validator's report on a GLB file as JSON: node validate.mjs FILE
import { readFileSync } from "node:fs";
import validator from "gltf-validator";

const report = await validator.validateBytes(new Uint8Array(readFileSync(process.argv[2])), { maxIssues: 20 });
console.log(JSON.stringify(report));
