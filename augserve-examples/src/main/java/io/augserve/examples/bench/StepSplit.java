package io.augserve.examples.bench;

/**
 * Where the time of a decode step goes, in milliseconds.
 *
 * @param assemble packing the batch
 * @param run the graph
 * @param sample drawing tokens
 * @param apply the server's part: results, events, the next plan
 */
record StepSplit(double assemble, double run, double sample, double apply) {}
