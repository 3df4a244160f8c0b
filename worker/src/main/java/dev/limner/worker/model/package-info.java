/** The models on the device, which jobs they get, and the leases under which they generate. */
@NullMarked
package dev.limner.worker.model;

import org.jspecify.annotations.NullMarked;
