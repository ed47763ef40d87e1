/**
 * Bytes that a packet takes of the memory that bounds queues, beside its own: the kernel's record of it and of its
 * fragments (sk_buff and skb_shared_info, as SKB_TRUESIZE counts them on a 64-bit machine).
 */
export const PACKET_OVERHEAD = 768;
