/** A job on its way through the stages, and what became of it: the records that the other packages hand on. */
@NullMarked
package dev.limner.worker.job;

import org.jspecify.annotations.NullMarked;
