/** The fakes must behave as the services do, or tests that use them prove nothing. */
import { testFactTable, testRemoval } from '../../../contracts/facts.ts';
import { testObjectStore } from '../../../contracts/objects.ts';
import { memoryFacts } from '../../../fakes/memory-facts.ts';
import { memoryObjects } from '../../../fakes/memory-objects.ts';

testObjectStore('memory', memoryObjects);
testFactTable('memory', memoryFacts);
testRemoval('memory', memoryFacts);
