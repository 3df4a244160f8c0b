/** Settings, checked where they are read. */
@NullMarked
package dev.limner.worker.config;

import org.jspecify.annotations.NullMarked;
