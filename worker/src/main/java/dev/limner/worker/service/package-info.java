/** The worker as a process of Quarkus: configuration to a running worker, and down again. */
@NullMarked
package dev.limner.worker.service;

import org.jspecify.annotations.NullMarked;
