// One start of the core for every sample that arrives: counts the beats that pass and holds ap_start until the core has
// answered with ap_ready. The stream itself passes through untouched, without a cycle of delay.
//
// A core that is free to run begins its next sample before that sample exists; if its pipelines stall as a whole (the
// default of Vitis HLS), samples that are already computed then stay inside it. See docs/hardware.md.
`default_nettype none

module sample_start #(
    parameter integer BITS  = 64, // width of the stream
    parameter integer BEATS = 1   // beats of one sample
) (
    (* X_INTERFACE_INFO = "xilinx.com:signal:clock:1.0 aclk CLK" *)
    (* X_INTERFACE_PARAMETER = "ASSOCIATED_BUSIF s_axis:m_axis, ASSOCIATED_RESET aresetn" *)
    input  wire              aclk,
    (* X_INTERFACE_INFO = "xilinx.com:signal:reset:1.0 aresetn RST" *)
    (* X_INTERFACE_PARAMETER = "POLARITY ACTIVE_LOW" *)
    input  wire              aresetn,

    input  wire [BITS-1:0]   s_axis_tdata,
    input  wire [BITS/8-1:0] s_axis_tkeep,
    input  wire              s_axis_tlast,
    input  wire              s_axis_tvalid,
    output wire              s_axis_tready,

    output wire [BITS-1:0]   m_axis_tdata,
    output wire [BITS/8-1:0] m_axis_tkeep,
    output wire              m_axis_tlast,
    output wire              m_axis_tvalid,
    input  wire              m_axis_tready,

    output wire              ap_start,
    input  wire              ap_ready
);
    // Samples whose first beat has passed and which the core has not yet taken to the end. The input FIFO of the core
    // holds two beats, so that more than two such samples cannot arise, however short a sample is; 4 bits are plenty.
    reg [3:0]  waiting;
    reg [31:0] beat; // of the current sample

    wire passes = s_axis_tvalid & m_axis_tready;
    wire first  = (beat == 32'd0);
    wire last   = (beat == BEATS - 1);

    assign m_axis_tdata  = s_axis_tdata;
    assign m_axis_tkeep  = s_axis_tkeep;
    assign m_axis_tlast  = s_axis_tlast;
    assign m_axis_tvalid = s_axis_tvalid;
    assign s_axis_tready = m_axis_tready;

    // The first beat on the wire counts before it has passed: a core may take it only once it is started.
    assign ap_start = (waiting != 4'd0) | (s_axis_tvalid & first);

    always @(posedge aclk) begin
        if (!aresetn) begin
            waiting <= 4'd0;
            beat    <= 32'd0;
        end else begin
            if (passes) beat <= last ? 32'd0 : beat + 32'd1;
            case ({passes & first, ap_ready})
                2'b10:   waiting <= waiting + 4'd1;
                2'b01:   waiting <= waiting - 4'd1;
                default: waiting <= waiting;
            endcase
        end
    end
endmodule

`default_nettype wire
