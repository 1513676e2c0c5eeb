/**
 * Publishes a server's metrics through Micrometer, from its {@linkplain io.augserve.observe events}: under the names of OpenTelemetry's
 * GenAI conventions, under those of vLLM, which Kubernetes inference gateways read, and under own ones for what nobody standardises.
 * Depends on AugServe's core and on Micrometer only; to be lifted into a host application as it is.
 */
@NullMarked
package io.augserve.examples.micrometer;

import org.jspecify.annotations.NullMarked;
