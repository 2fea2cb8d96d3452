require "json"
require "net/http"

# Filters for the addresses of pages: where their TrackBacks are, and the newest hundred of them.
module Trackback
  TRIES = 3
  SECONDS = 5

  # A page's name in the service's addresses: its own without the scheme.
  def trackback_post(url)
    url.sub(%r{\Ahttps?://}, "")
  end

  # The same in a path of the service, whose gateway decodes it once and cuts it at a "?".
  def trackback_path(url)
    trackback_post(url).gsub(/%(?=3F|2F|25)/i, "%25")
  end

  # Where the service takes a page's pings ("trackback") or lists them ("pings").
  def trackback_url(url, kind)
    "#{@context.registers[:site].config.dig("trackback", "api")}/#{kind}/#{trackback_path(url)}"
  end

  # A page's pings, without addresses that are no links; none, and a warning, if they cannot be had.
  def trackbacks(url)
    pings = Trackback.ask(URI("#{trackback_url(url, "pings")}?limit=100&at=#{Time.now.to_i}")).fetch("pings")
    pings.each { |ping| ping.delete("url") unless ping["url"].match?(%r{\Ahttps?://}i) }
  rescue StandardError => error
    Jekyll.logger.warn "TrackBacks:", "those of #{url} are left out: #{error.message}"
    []
  end

  # The service lets 10 requests a second through, and asks for patience beyond.
  def self.ask(address)
    TRIES.times do |tried|
      sleep tried
      answer = Net::HTTP.start(
        address.host, address.port, use_ssl: address.scheme == "https", open_timeout: SECONDS, read_timeout: SECONDS
      ) { |http| http.get(address.request_uri) }
      return JSON.parse(answer.body) if answer.is_a?(Net::HTTPSuccess)
      raise "HTTP #{answer.code}" unless %w[429 503].include?(answer.code) && tried < TRIES - 1
    end
  end
end

Liquid::Template.register_filter(Trackback)
