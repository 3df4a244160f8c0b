/** What can go wrong, told apart by whether trying again can help. */
@NullMarked
package dev.limner.worker.fault;

import org.jspecify.annotations.NullMarked;
