/** Topics that every worker reads as a whole and without a group. */
@NullMarked
package dev.limner.worker.topic;

import org.jspecify.annotations.NullMarked;
