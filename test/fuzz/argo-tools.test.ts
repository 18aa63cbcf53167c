import { fuzzToolset } from '../support/fuzz/toolset.ts';

fuzzToolset('argo');
