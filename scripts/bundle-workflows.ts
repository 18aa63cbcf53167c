// Builds the workflow code into an image, so that its worker starts at once, and needs no compiler while it runs.
import { bundleForImage } from '../src/entry/workflow-bundle.ts';

console.log(await bundleForImage());
